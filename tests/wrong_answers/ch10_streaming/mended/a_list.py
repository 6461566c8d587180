"""With a list in the view it is no stream any more: all rows are held before the first byte."""

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

    lines = [json.dumps(row) + "\n" for row in readings(get_conn(), name)]
    return Response(iter(lines), mimetype="application/x-ndjson")

return app
