"""There the teardown runs twice. Take the connection out of g when you give it back: g.pop()."""

app = Flask("jukebox")
app.register_error_handler(Empty, lambda error: ({"error": "busy"}, 503))

@app.get("/songs/<song_id>")
def song(song_id):
    g.conn = places.get(timeout=0.2)
    return r.table("songs").get(song_id).run(g.conn) or abort(404)

@app.teardown_appcontext
def give_back(exc):
    if "conn" in g:
        places.put(g.conn)

return app
