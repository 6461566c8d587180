"""One error handler for whatever the database says."""

from sqlalchemy.exc import DBAPIError
app = Flask("shop")
make = sessionmaker(engine)

@app.errorhandler(DBAPIError)
def failed(error):
    if isinstance(error, IntegrityError):
        return {"error": "there already"}, 409
    return {"error": "database"}, 503

@app.get("/artists/<slug>")
def show(slug):
    with make() as session:
        artist = session.get(Artist, slug)
        return {"name": artist.name} if artist else abort(404)

@app.post("/artists/<slug>")
def add(slug):
    with make.begin() as session:
        session.add(Artist(slug=slug, name=slug))
    return {"name": slug}, 201

return app
