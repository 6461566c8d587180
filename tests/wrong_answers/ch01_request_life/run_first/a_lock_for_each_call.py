"""A lock that is made in the hook is another one in each call. Make one, outside of it, that all share."""

done = False

@app.before_request
def prepare_once():
    nonlocal done
    with Lock():
        if not done:
            prepare()
            done = True
