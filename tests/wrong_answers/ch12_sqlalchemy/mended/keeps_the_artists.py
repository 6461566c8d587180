"""What worked before must work: GET /artists/monk."""

app = Flask("shop")
cache = {}

@app.get("/artists/<slug>")
def show(slug):
    if slug not in cache:
        with Session(engine) as session:
            cache[slug] = session.get(Artist, slug)
    artist = cache[slug]
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
