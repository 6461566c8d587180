"""Give back what was lent. Who opens another one has no limit any more."""

app = Flask("jukebox")
app.register_error_handler(Empty, lambda error: ({"error": "busy"}, 503))

@app.get("/songs/<song_id>")
def song(song_id):
    conn = places.get(timeout=0.2)
    try:
        return r.table("songs").get(song_id).run(conn) or abort(404)
    finally:
        places.put(r.connect(host=conn.host, port=conn.port, db=conn.db))
        conn.close(noreply_wait=False)

return app
