"""The context has no end in the task. Use a with block around the call."""

app = current_app._get_current_object()

def task():
    app.app_context().push()
    return function(*args)

return pool.submit(task)
