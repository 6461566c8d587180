"""The error of the database is no fault of the app: catch IntegrityError, and abort(409)."""

app = Flask("shop")
db_session = scoped_session(sessionmaker(engine))

@app.teardown_appcontext
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
