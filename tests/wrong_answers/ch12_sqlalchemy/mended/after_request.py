"""Where an exception goes on to a test or a server, after_request is left out, and so is the rest of the view. A teardown runs always."""

app = Flask("shop")
db_session = scoped_session(sessionmaker(engine))

@app.after_request
def remove(response):
    db_session.remove()
    return response

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
        db_session.rollback()
        abort(409)
    return {"name": slug}, 201

return app
