"""The task failed before it came to function. What pool.submit is given after the task, the task must take."""

app = current_app._get_current_object()

def task(function):
    with app.app_context():
        return function(*args)

return pool.submit(task, function, *args)
