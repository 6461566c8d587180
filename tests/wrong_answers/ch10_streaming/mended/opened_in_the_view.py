"""Nobody runs the finally of a generator that was not begun: open its connection inside of it."""

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

    conn = connect()

    def body():
        try:
            for row in readings(conn, name):
                yield json.dumps(row) + "\n"
        finally:
            conn.close()

    return Response(body(), mimetype="application/x-ndjson")

return app
