"""join() waits for the thread. Leave that to the caller, who may have better things to do."""

app = current_app._get_current_object()

def run():
    with app.app_context():
        work(*args)

thread = Thread(target=run)
thread.start()
thread.join()
return thread
