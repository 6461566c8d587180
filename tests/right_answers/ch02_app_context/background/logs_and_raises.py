"""Logs a failure in the task and lets it go on."""

app = current_app._get_current_object()

def task():
    with app.app_context():
        try:
            return function(*args)
        except Exception:
            app.logger.error("the task failed")
            raise

return pool.submit(task)
