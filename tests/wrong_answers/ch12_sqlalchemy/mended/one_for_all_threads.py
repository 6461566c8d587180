"""A session is not for two threads: each request needs its own."""

app = Flask("shop")
session = Session(engine)

@app.teardown_appcontext
def close(exc):
    session.rollback()

@app.get("/artists/<slug>")
def show(slug):
    artist = session.get(Artist, slug)
    return {"name": artist.name} if artist else abort(404)

@app.post("/artists/<slug>")
def add(slug):
    session.add(Artist(slug=slug, name=slug))
    try:
        session.commit()
    except IntegrityError:
        session.rollback()
        abort(409)
    return {"name": slug}, 201

return app
