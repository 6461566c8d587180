"""Who is there stays as it is: add() the artist, where merge() changes the row."""

app = Flask("shop")

@app.get("/artists/<slug>")
def show(slug):
    with Session(engine) as session:
        artist = session.get(Artist, slug)
        return {"name": artist.name} if artist else abort(404)

@app.post("/artists/<slug>")
def add(slug):
    with Session(engine) as session:
        there = session.get(Artist, slug)
        session.merge(Artist(slug=slug, name=slug))
        try:
            session.commit()
        except IntegrityError:
            abort(409)
        if there:
            abort(409)
    return {"name": slug}, 201

return app
