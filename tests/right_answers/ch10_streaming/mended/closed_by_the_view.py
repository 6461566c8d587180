"""No g and no teardown: the view closes what it opened, and the generator what it opened."""

from contextlib import closing

app = Flask("stations")

@app.get("/stations/<name>")
def export(name):
    with closing(connect()) as conn:
        if find(conn, name) is None:
            abort(404)

    def body():
        with closing(connect()) as conn:
            for row in readings(conn, name):
                yield json.dumps(row) + "\n"

    return Response(body(), mimetype="application/x-ndjson")

return app
