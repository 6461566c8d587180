"""Between the question and the flag another thread asks the same. Hold a lock."""

done = False

@app.before_request
def prepare_once():
    nonlocal done
    if not done:
        prepare()
        done = True
