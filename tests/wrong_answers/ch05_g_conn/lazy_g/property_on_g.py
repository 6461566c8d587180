"""Python runs a property that it finds on a class. On g itself it is a value like any other."""

@app.before_request
def put_property():
    g.conn = property(lambda self: connect())
