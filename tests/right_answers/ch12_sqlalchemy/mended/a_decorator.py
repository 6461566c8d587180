"""A decorator that ends the session of every view."""

from functools import wraps
app = Flask("shop")
db_session = scoped_session(sessionmaker(engine))

def with_session(view):
    @wraps(view)
    def wrapped(*args, **kwargs):
        try:
            return view(*args, **kwargs)
        except IntegrityError:
            abort(409)
        finally:
            db_session.remove()
    return wrapped

@app.get("/artists/<slug>")
@with_session
def show(slug):
    artist = db_session.get(Artist, slug)
    return {"name": artist.name} if artist else abort(404)

@app.post("/artists/<slug>")
@with_session
def add(slug):
    db_session.add(Artist(slug=slug, name=slug))
    db_session.commit()
    return {"name": slug}, 201

return app
