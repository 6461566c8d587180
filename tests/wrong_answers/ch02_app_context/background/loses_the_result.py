"""Return the value of function(*args) from the task."""

app = current_app._get_current_object()

def task():
    with app.app_context():
        function(*args)

return pool.submit(task)
