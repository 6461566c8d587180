"""A session for each view."""

app = Flask("shop")

@app.get("/artists/<slug>")
def show(slug):
    with Session(engine) as session:
        artist = session.get(Artist, slug)
        return {"name": artist.name} if artist else abort(404)

@app.post("/artists/<slug>")
def add(slug):
    try:
        with Session(engine) as session, session.begin():
            session.add(Artist(slug=slug, name=slug))
    except IntegrityError:
        abort(409)
    return {"name": slug}, 201

return app
