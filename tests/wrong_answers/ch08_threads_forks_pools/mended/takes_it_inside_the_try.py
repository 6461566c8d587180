"""queue.Empty has its handler: leave it. And take the connection before the `try`, or `finally` has nothing to
give back."""

app = Flask("jukebox")

@app.errorhandler(Empty)
def busy(error):
    return {"error": "busy"}, 503

@app.get("/songs/<song_id>")
def song(song_id):
    try:
        conn = places.get(timeout=0.2)
        return r.table("songs").get(song_id).run(conn) or abort(404)
    finally:
        places.put(conn)

return app
