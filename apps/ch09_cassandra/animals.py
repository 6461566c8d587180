from flask import Blueprint, abort, request, url_for

from .auth import keepers_only
from .db import get_db
from .models import Animal, Details, read_body

bp = Blueprint("animals", __name__)

PAGE = 20
# Columns by name, not *: a column that is added later does not change what comes back.
COLUMNS = "genus, species, image_url, sightings, size_cm, taxonomy"
SELECT_SOME = f"SELECT {COLUMNS} FROM $keyspace.animals WHERE genus = ? AND species > ? LIMIT ?"
SELECT_ONE = f"SELECT {COLUMNS} FROM $keyspace.animals WHERE genus = ? AND species = ?"
INSERT = f"INSERT INTO $keyspace.animals ({COLUMNS}) VALUES (?, ?, ?, ?, ?, ?) IF NOT EXISTS"
UPDATE = (
    "UPDATE $keyspace.animals SET image_url = ?, sightings = ?, size_cm = ?, taxonomy = ?"
    " WHERE genus = ? AND species = ? IF EXISTS"
)
DELETE = "DELETE FROM $keyspace.animals WHERE genus = ? AND species = ? IF EXISTS"


@bp.get("/")
def index():
    return {"service": "animals"}


@bp.get("/animals/<genus:genus>")
def some(genus):
    """A page of this genus, in the order of the table."""
    rows = list(get_db().execute(SELECT_SOME, [genus, request.args.get("after", "")[:60], PAGE]))
    after = rows[-1]["species"] if len(rows) == PAGE else None
    return {
        "animals": [Animal.from_row(row).model_dump() for row in rows],
        "next": after and url_for(".some", genus=genus, after=after),
    }


@bp.get("/animals/<genus:genus>/<species:species>")
def one(genus, species):
    row = get_db().execute(SELECT_ONE, [genus, species]).one()
    if row is None:
        abort(404)
    return Animal.from_row(row).model_dump()


@bp.post("/animals")
@keepers_only
def add():
    animal = read_body(Animal)
    if not get_db().execute(INSERT, animal.model_dump()).was_applied:
        abort(409)
    address = url_for(".one", genus=animal.genus, species=animal.species)
    return animal.model_dump(), 201, {"Location": address}


@bp.patch("/animals/<genus:genus>/<species:species>")
@keepers_only
def change(genus, species):
    # What was not sent is not bound, and what is not bound stays as it is.
    changes = read_body(Details).model_dump(exclude_unset=True)
    if not get_db().execute(UPDATE, {**changes, "genus": genus, "species": species}).was_applied:
        abort(404)
    return "", 204


@bp.delete("/animals/<genus:genus>/<species:species>")
@keepers_only
def remove(genus, species):
    if not get_db().execute(DELETE, [genus, species]).was_applied:
        abort(404)
    return "", 204
