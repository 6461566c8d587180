"""Call function(*args) in the task that you submit."""

app = current_app._get_current_object()

def task():
    with app.app_context():
        return function

return pool.submit(task)
