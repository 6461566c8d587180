"""Keep what you have opened until the context ends, and look there first."""

app = Flask("shop")

def get_backend(name):
    connection = connect()
    g.setdefault("backends", []).append(connection)
    return connection

@app.teardown_appcontext
def close_all(exc):
    for connection in g.pop("backends", []):
        connection.close()

app.extensions["get_backend"] = get_backend
return app
