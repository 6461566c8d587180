"""Not every error is a conflict: catch IntegrityError alone."""

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
    try:
        db_session.add(Artist(slug=slug, name=slug))
        db_session.commit()
    except Exception:
        db_session.rollback()
        abort(409)
    return {"name": slug}, 201

return app
