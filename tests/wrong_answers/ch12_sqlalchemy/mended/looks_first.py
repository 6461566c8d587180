"""Between a look and the INSERT another visitor may add the same artist. Let the database decide."""

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
    if db_session.get(Artist, slug) is not None:
        abort(409)
    db_session.add(Artist(slug=slug, name=slug))
    db_session.commit()
    return {"name": slug}, 201

return app
