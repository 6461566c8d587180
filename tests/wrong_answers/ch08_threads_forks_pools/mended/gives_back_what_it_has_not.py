"""Who got none has none to give back. None in the queue is lent to the next visitor."""

app = Flask("jukebox")

@app.errorhandler(Empty)
def busy(error):
    return {"error": "busy"}, 503

@app.get("/songs/<song_id>")
def song(song_id):
    conn = None
    try:
        conn = places.get(timeout=0.2)
        return r.table("songs").get(song_id).run(conn) or abort(404)
    finally:
        places.put(conn)

return app
