"""Flask is walking along that list while you take something out of it. Leave your hook where it is, and let it ask."""

lock = Lock()

@app.before_request
def prepare_once():
    with lock:
        if prepare_once in app.before_request_funcs[None]:
            prepare()
            app.before_request_funcs[None].remove(prepare_once)
