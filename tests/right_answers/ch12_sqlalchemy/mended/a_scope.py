"""The scope is the app context, as in Flask-SQLAlchemy."""

from flask.globals import app_ctx
app = Flask("shop")
db_session = scoped_session(sessionmaker(engine), scopefunc=lambda: id(app_ctx._get_current_object()))

@app.teardown_appcontext
def remove(exc):
    db_session.remove()

@app.get("/artists/<slug>")
def show(slug):
    return {"name": (db_session.get(Artist, slug) or abort(404)).name}

@app.post("/artists/<slug>")
def add(slug):
    db_session.add(Artist(slug=slug, name=slug))
    try:
        db_session.commit()
    except IntegrityError:
        db_session.rollback()
        return "there already", 409
    return {"name": slug}, 201

return app
