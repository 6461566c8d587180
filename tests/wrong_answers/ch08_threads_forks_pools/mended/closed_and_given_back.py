"""The next visitor needs it. Give it back as you got it: neither close() nor a `with` block."""

app = Flask("jukebox")

@app.errorhandler(Empty)
def busy(error):
    return {"error": "busy"}, 503

@app.get("/songs/<song_id>")
def song(song_id):
    conn = places.get(timeout=0.2)
    try:
        with conn:
            return r.table("songs").get(song_id).run(conn) or abort(404)
    finally:
        places.put(conn)

return app
