"""When the generator runs, there is a response already. Ask for the station in the view."""

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
    def body():
        conn = connect()
        try:
            if find(conn, name) is None:
                abort(404)
            for row in readings(conn, name):
                yield json.dumps(row) + "\n"
        finally:
            conn.close()

    return Response(body(), mimetype="application/x-ndjson")

return app
