"""The view does not wait: return what pool.submit(...) returned."""

app = current_app._get_current_object()

def task():
    with app.app_context():
        return function(*args)

return pool.submit(task).result()
