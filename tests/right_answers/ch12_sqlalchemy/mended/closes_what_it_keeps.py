"""The teardown closes the session of the thread, which can be used again."""

app = Flask("shop")
db_session = scoped_session(sessionmaker(engine))
app.register_error_handler(IntegrityError, lambda error: ("there already", 409))

@app.teardown_appcontext
def close(exc):
    db_session.close()

@app.get("/artists/<slug>")
def show(slug):
    artist = db_session.get(Artist, slug)
    return {"name": artist.name} if artist else abort(404)

@app.post("/artists/<slug>")
def add(slug):
    db_session.add(Artist(slug=slug, name=slug))
    db_session.commit()
    return {"name": slug}, 201

return app
