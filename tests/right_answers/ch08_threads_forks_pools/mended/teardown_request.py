"""a teardown of the request, and pop with a default"""

app = Flask("jukebox")

@app.get("/songs/<song_id>")
def song(song_id):
    try:
        g.conn = places.get(timeout=0.2)
    except Empty:
        return {"error": "busy"}, 503
    song = r.table("songs").get(song_id).run(g.conn)
    return song if song else abort(404)

@app.teardown_request
def give_back(exc):
    conn = g.pop("conn", None)
    if conn is not None:
        places.put(conn)

return app
