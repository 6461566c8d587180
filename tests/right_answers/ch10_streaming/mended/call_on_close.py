"""One connection, closed by call_on_close."""

app = Flask("stations")

@app.get("/stations/<name>")
def export(name):
    conn = connect()
    try:
        if find(conn, name) is None:
            abort(404)
    except BaseException:
        conn.close()
        raise

    def body():
        for row in readings(conn, name):
            yield json.dumps(row) + "\n"

    response = Response(body(), mimetype="application/x-ndjson")
    response.call_on_close(conn.close)
    return response

return app
