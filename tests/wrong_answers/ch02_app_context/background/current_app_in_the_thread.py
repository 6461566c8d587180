"""In the pool's thread current_app stands for nothing. Fetch the real app before you submit."""

def task():
    with current_app.app_context():
        return function(*args)

return pool.submit(task)
