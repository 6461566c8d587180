"""flask seed, flask members, flask drop."""

from bson import ObjectId
from flask import current_app
from werkzeug.security import generate_password_hash

from .mongo import get_client, get_shared_db

# Invented members of an invented shop: their passwords may stand here because they open nothing
# else. Real ones are never in code; members choose them, and only the hashes are kept.
SHELVES = {
    "ada": ("engine", ["Blue Train", "Kind of Blue"]),
    "grace": ("cobol", ["Time Out"]),
}


def db_of(name):
    """The name of a member's database: made here, once, and kept with the member."""
    return f"{current_app.config['MONGODB_DB']}_{name}"


def seed():
    """Start again, with two members and three records."""
    drop()
    number = 0
    for name, (password, titles) in SHELVES.items():
        member = {"_id": name, "password": generate_password_hash(password), "db": db_of(name)}
        get_shared_db().members.insert_one(member)
        for title in titles:
            number += 1
            record = {"_id": ObjectId(f"{number:024}"), "title": title}
            get_client()[member["db"]].records.insert_one(record)
    print(f"{len(SHELVES)} members, {number} records")


def members():
    print(get_shared_db().members.count_documents({}), "members")


def drop():
    """Leave nothing behind on a server that is shared."""
    for name in [current_app.config["MONGODB_DB"], *map(db_of, SHELVES)]:
        get_client().drop_database(name)


def init_app(app):
    for command in (seed, members, drop):
        app.cli.command(command.__name__)(command)
