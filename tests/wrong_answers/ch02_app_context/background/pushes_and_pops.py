"""What comes after the call is skipped when it raises. A with block ends the context in any case."""

app = current_app._get_current_object()

def task():
    context = app.app_context()
    context.push()
    result = function(*args)
    context.pop()
    return result

return pool.submit(task)
