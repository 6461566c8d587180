"""A lazy getter and a teardown."""

app = Flask("shop")

def get_session():
    if "db_session" not in g:
        g.db_session = Session(engine)
    return g.db_session

@app.teardown_appcontext
def close_session(exc):
    if "db_session" in g:
        g.pop("db_session").close()

@app.get("/artists/<slug>")
def show(slug):
    artist = get_session().get(Artist, slug)
    return {"name": artist.name} if artist else abort(404)

@app.post("/artists/<slug>")
def add(slug):
    get_session().add(Artist(slug=slug, name=slug))
    try:
        get_session().commit()
    except IntegrityError:
        return {"error": "taken"}, 409
    return {"name": slug}, 201

return app
