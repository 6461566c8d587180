"""The context is made in the view and pushed in the task."""

context = current_app.app_context()

def task():
    with context:
        return function(*args)

return pool.submit(task)
