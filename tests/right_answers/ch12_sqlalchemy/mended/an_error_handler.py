"""The 409 for all views, and a teardown of the request."""

app = Flask("shop")
db_session = scoped_session(sessionmaker(engine))

@app.errorhandler(IntegrityError)
def taken(error):
    return {"error": "taken"}, 409

@app.teardown_request
def end_session(exc):
    db_session.remove()


@app.get("/artists/<slug>")
def show(slug):
    artist = db_session.get(Artist, slug)
    return {"name": artist.name} if artist else abort(404)

@app.post("/artists/<slug>")
def add(slug):
    db_session.add(Artist(slug=slug, name=slug))
    db_session.commit()
    return {"name": slug}, 201

return app
