"""borrowed in before_request, given back in teardown_request"""

app = Flask("jukebox")

@app.errorhandler(Empty)
def busy(error):
    return {"error": "busy"}, 503

@app.before_request
def borrow():
    g.conn = places.get(timeout=0.2)

@app.teardown_request
def back(exc):
    if "conn" in g:
        places.put(g.pop("conn"))

@app.get("/songs/<song_id>")
def song(song_id):
    found = r.table("songs").get(song_id).run(g.conn)
    return found if found else abort(404)

return app
