"""The session of the thread is kept, without a transaction."""

app = Flask("shop")
db_session = scoped_session(sessionmaker(engine))

@app.teardown_appcontext
def end(exc):
    db_session.rollback()
    db_session.close()

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
