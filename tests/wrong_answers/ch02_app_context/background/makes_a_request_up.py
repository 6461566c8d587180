"""There is no such request: it is made up. A task needs an app context and nothing more."""

app = current_app._get_current_object()

def task():
    with app.test_request_context():
        return function(*args)

return pool.submit(task)
