"""What a before_request function returns becomes the response. Return nothing."""

done = False

@app.before_request
def prepare_once():
    nonlocal done
    if not done:
        done = True
        return prepare()
