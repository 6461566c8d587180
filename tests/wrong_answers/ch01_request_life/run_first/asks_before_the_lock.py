"""They came one after the other: your lock works, but the question is asked before it. Ask while you hold it."""

lock = Lock()
done = False

@app.before_request
def prepare_once():
    nonlocal done
    if not done:
        with lock:
            prepare()
            done = True
