"""The flag is up before the work is done, and the others walk past. They have to wait."""

done = False

@app.before_request
def prepare_once():
    nonlocal done
    if not done:
        done = True
        prepare()
