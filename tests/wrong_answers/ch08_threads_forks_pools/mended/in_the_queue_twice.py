"""One connection stands in the queue twice, and two visitors may get it at once. Put it back in one place."""

app = Flask("jukebox")

@app.errorhandler(Empty)
def busy(error):
    return {"error": "busy"}, 503

@app.get("/songs/<song_id>")
def song(song_id):
    conn = places.get(timeout=0.2)
    try:
        found = r.table("songs").get(song_id).run(conn)
        if found is None:
            abort(404)
        places.put(conn)
        return found
    finally:
        places.put(conn)

return app
