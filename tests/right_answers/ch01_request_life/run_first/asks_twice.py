"""Asks before the lock, to save it for later requests, and again while holding it."""

lock, done = Lock(), []

@app.before_request
def prepare_once():
    if not done:
        with lock:
            if not done:
                prepare()
                done.append(True)
