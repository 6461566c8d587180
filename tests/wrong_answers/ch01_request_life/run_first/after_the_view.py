"""It has to run before the view: choose a hook that does."""

done = False

@app.after_request
def prepare_once(response):
    nonlocal done
    if not done:
        prepare()
        done = True
    return response
