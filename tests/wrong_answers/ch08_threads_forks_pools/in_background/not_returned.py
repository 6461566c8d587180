"""Whoever starts it may want to join it: return the thread."""

app = current_app._get_current_object()

def run():
    with app.app_context():
        work(*args)

Thread(target=run).start()
