"""The generator runs when the context is gone: without stream_with_context there is no g for a getter."""

app = Flask("stations")

def get_conn():
    if "conn" not in g:
        g.conn = connect()
    return g.conn

@app.teardown_appcontext
def close(exc):
    conn = g.pop("conn", None)
    if conn is not None:
        conn.close()

@app.get("/stations/<name>")
def export(name):
    if find(get_conn(), name) is None:
        abort(404)

    def body():
        for row in readings(get_conn(), name):
            yield json.dumps(row) + "\n"

    return Response(body(), mimetype="application/x-ndjson")

return app
