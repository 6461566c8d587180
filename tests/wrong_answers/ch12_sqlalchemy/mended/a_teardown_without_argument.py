"""An exception in a teardown takes the response with it. Flask calls a teardown with one argument, an exception or None."""

app = Flask("shop")
db_session = scoped_session(sessionmaker(engine))
app.teardown_appcontext(db_session.remove)

@app.get("/artists/<slug>")
def show(slug):
    artist = db_session.get(Artist, slug)
    return {"name": artist.name} if artist else abort(404)

@app.post("/artists/<slug>")
def add(slug):
    db_session.add(Artist(slug=slug, name=slug))
    try:
        db_session.commit()
    except IntegrityError:
        abort(409)
    return {"name": slug}, 201

return app
