"""Nothing was added, and the status has to say so: add() the artist, catch IntegrityError, and abort(409). merge() raises none."""

app = Flask("shop")
db_session = scoped_session(sessionmaker(engine))

@app.teardown_appcontext
def remove(exc):
    db_session.remove()

@app.get("/artists/<slug>")
def show(slug):
    artist = db_session.get(Artist, slug)
    return {"name": artist.name} if artist else abort(404)

@app.post("/artists/<slug>")
def add(slug):
    db_session.merge(Artist(slug=slug, name=slug))
    db_session.commit()
    return {"name": slug}, 201

return app
