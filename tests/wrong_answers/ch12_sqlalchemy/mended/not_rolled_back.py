"""The session still waits for its rollback, and the next request of the thread gets it."""

app = Flask("shop")
db_session = scoped_session(sessionmaker(engine))


@app.get("/artists/<slug>")
def show(slug):
    try:
        artist = db_session.get(Artist, slug)
        name = artist.name if artist else abort(404)
    except IntegrityError:
        abort(409)
    db_session.commit()
    return {"name": name}

@app.post("/artists/<slug>")
def add(slug):
    db_session.add(Artist(slug=slug, name=slug))
    try:
        db_session.commit()
    except IntegrityError:
        abort(409)
    return {"name": slug}, 201

return app
