"""What went wrong is still to be told: give back, and let it go on."""

app = Flask("jukebox")
app.register_error_handler(Empty, lambda error: ({"error": "busy"}, 503))

@app.get("/songs/<song_id>")
def song(song_id):
    conn = places.get(timeout=0.2)
    try:
        return r.table("songs").get(song_id).run(conn) or ({"error": "no such song"}, 404)
    except Exception:
        return {"error": "busy"}, 404
    finally:
        places.put(conn)

return app
