"""The context of the thread must end with work: use it in a with block."""

app = current_app._get_current_object()

def run():
    app.app_context().push()
    work(*args)

thread = Thread(target=run)
thread.start()
return thread
