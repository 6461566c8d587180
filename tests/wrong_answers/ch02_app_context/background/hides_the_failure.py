"""Do not catch it: whoever asks the future is told."""

app = current_app._get_current_object()

def task():
    with app.app_context():
        try:
            return function(*args)
        except Exception as error:
            return error

return pool.submit(task)
