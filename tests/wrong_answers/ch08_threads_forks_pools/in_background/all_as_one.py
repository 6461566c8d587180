"""Mind the star: work(*args) passes each argument on, work(args) all of them as one."""

app = current_app._get_current_object()

def run():
    with app.app_context():
        work(args)

thread = Thread(target=run)
thread.start()
return thread
