"""A test request context is a request made up: its hooks believe in a visitor. Push an app context."""

app = current_app._get_current_object()

def run():
    with app.test_request_context():
        work(*args)

thread = Thread(target=run)
thread.start()
return thread
