"""after_request is not called when an exception goes through to the test or the debugger. A teardown is."""

app = Flask("jukebox")
app.register_error_handler(Empty, lambda error: ({"error": "busy"}, 503))

@app.get("/songs/<song_id>")
def song(song_id):
    g.conn = places.get(timeout=0.2)
    return r.table("songs").get(song_id).run(g.conn) or abort(404)

@app.after_request
def give_back(response):
    if "conn" in g:
        places.put(g.pop("conn"))
    return response

return app
