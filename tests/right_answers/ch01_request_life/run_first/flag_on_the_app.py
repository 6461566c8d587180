"""The flag is in app.extensions."""

lock = Lock()

def prepare_once():
    with lock:
        if "prepared" not in app.extensions:
            prepare()
            app.extensions["prepared"] = True

app.before_request(prepare_once)
