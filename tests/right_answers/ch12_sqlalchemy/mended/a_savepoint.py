"""A savepoint, and a teardown that removes."""

app = Flask("shop")
db_session = scoped_session(sessionmaker(engine))
app.teardown_appcontext(lambda exc: db_session.remove())

@app.get("/artists/<slug>")
def show(slug):
    artist = db_session.get(Artist, slug) or abort(404)
    return {"name": artist.name}

@app.post("/artists/<slug>")
def add(slug):
    try:
        with db_session.begin_nested():
            db_session.add(Artist(slug=slug, name=slug))
    except IntegrityError:
        return "there already", 409
    db_session.commit()
    return {"name": slug}, 201

return app
