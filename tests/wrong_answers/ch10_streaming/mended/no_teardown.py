"""Somebody has to close what the view opened, and what the generator opened: two teardowns, or a finally."""

app = Flask("stations")

def get_conn():
    if "conn" not in g:
        g.conn = connect()
    return g.conn

@app.get("/stations/<name>")
def export(name):
    if find(get_conn(), name) is None:
        abort(404)

    @stream_with_context
    def body():
        for row in readings(get_conn(), name):
            yield json.dumps(row) + "\n"

    return Response(body(), mimetype="application/x-ndjson")

return app
