"""Push, and pop in finally."""

app = current_app._get_current_object()

def task():
    context = app.app_context()
    context.push()
    try:
        return function(*args)
    finally:
        context.pop()

return pool.submit(task)
