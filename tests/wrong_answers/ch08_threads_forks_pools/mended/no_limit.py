"""Now both are in use, and there is no third: the limit must stay."""

app = Flask("jukebox")

@app.get("/songs/<song_id>")
def song(song_id):
    try:
        conn = places.get(timeout=0.2)
    except Empty:
        return {"id": song_id}
    try:
        return r.table("songs").get(song_id).run(conn) or abort(404)
    finally:
        places.put(conn)

return app
