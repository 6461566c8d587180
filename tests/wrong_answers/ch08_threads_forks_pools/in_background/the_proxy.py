"""current_app is looked up where it is used, and the thread has nothing to look in. Get the app itself before the thread starts."""

app = current_app

def run():
    with app.app_context():
        work(*args)

thread = Thread(target=run)
thread.start()
return thread
