"""result() and exception() wait until the task is done. Return the future without asking it."""

app = current_app._get_current_object()

def task():
    with app.app_context():
        return function(*args)

future = pool.submit(task)
if future.exception():
    app.logger.error("the task failed")
return future
