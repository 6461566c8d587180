"""the view itself says that it is busy"""

app = Flask("jukebox")

@app.get("/songs/<song_id>")
def song(song_id):
    try:
        conn = places.get(timeout=0.2)
    except Empty:
        return {"error": "busy"}, 503
    try:
        found = r.table("songs").get(song_id).run(conn)
    finally:
        places.put(conn)
    return found or abort(404, "no such song")

return app
