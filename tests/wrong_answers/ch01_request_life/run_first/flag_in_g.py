"""Remember that it has run: a flag that outlives the request."""

@app.before_request
def prepare_once():
    if "prepared" not in g:
        prepare()
        g.prepared = True
