"""Set the flag after the work: an exception then leaves it as it was."""

lock = Lock()
done = False

@app.before_request
def prepare_once():
    nonlocal done
    with lock:
        if not done:
            done = True
            prepare()
