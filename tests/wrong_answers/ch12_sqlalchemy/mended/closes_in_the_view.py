"""abort() leaves the view at once. End the session where it ends whatever happens: in a teardown."""

app = Flask("shop")
db_session = scoped_session(sessionmaker(engine))


@app.get("/artists/<slug>")
def show(slug):
    artist = db_session.get(Artist, slug)
    found = {"name": artist.name} if artist else abort(404)
    db_session.remove()
    return found

@app.post("/artists/<slug>")
def add(slug):
    db_session.add(Artist(slug=slug, name=slug))
    try:
        db_session.commit()
    except IntegrityError:
        db_session.rollback()
        abort(409)
    return {"name": slug}, 201

return app
