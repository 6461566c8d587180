"""A look costs less than an error; the error is caught all the same."""

app = Flask("shop")
db_session = scoped_session(sessionmaker(engine))

@app.teardown_appcontext
def end(exc):
    db_session.remove()

@app.get("/artists/<slug>")
def show(slug):
    artist = db_session.get(Artist, slug)
    return {"name": artist.name} if artist else abort(404)

@app.post("/artists/<slug>")
def add(slug):
    if db_session.get(Artist, slug):
        abort(409)
    try:
        db_session.add(Artist(slug=slug, name=slug))
        db_session.commit()
    except IntegrityError:
        abort(409)
    return {"name": slug}, 201

return app
