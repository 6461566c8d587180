"""The generator reads over a connection that the end of the view has closed: is it the one from the view?"""

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

    conn = get_conn()

    @stream_with_context
    def body():
        for row in readings(conn, name):
            yield json.dumps(row) + "\n"

    return Response(body(), mimetype="application/x-ndjson")

return app
