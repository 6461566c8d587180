"""Whatever in_background was given after work is for work: work(*args)."""

app = current_app._get_current_object()

def run():
    with app.app_context():
        work()

thread = Thread(target=run)
thread.start()
return thread
