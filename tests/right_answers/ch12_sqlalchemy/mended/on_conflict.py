"""No session at all: the row that was added is returned."""

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
        row = insert(Artist).values(slug=slug, name=slug).on_conflict_do_nothing()
        added = connection.scalar(row.returning(Artist.slug))
    return ({"name": added}, 201) if added else abort(409)

return app
