"""The query before the stream was no mistake: after the first byte there is no 404 any more."""

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

    @stream_with_context
    def body():
        for row in readings(get_conn(), name):
            yield json.dumps(row) + "\n"

    return Response(body(), mimetype="application/x-ndjson")

return app
