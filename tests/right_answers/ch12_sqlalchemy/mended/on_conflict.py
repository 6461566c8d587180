"""No session at all: the rows that were added are counted."""

from sqlalchemy.dialects import postgresql, sqlite
app = Flask("shop")
insert = (postgresql if engine.dialect.name == "postgresql" else sqlite).insert

@app.get("/artists/<slug>")
def show(slug):
    with engine.connect() as connection:
        name = connection.scalar(select(Artist.name).where(Artist.slug == slug))
    return {"name": name} if name else abort(404)

@app.post("/artists/<slug>")
def add(slug):
    with engine.begin() as connection:
        done = connection.execute(insert(Artist).values(slug=slug, name=slug).on_conflict_do_nothing())
    return ({"name": slug}, 201) if done.rowcount else abort(409)

return app
