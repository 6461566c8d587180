"""flask seed, flask members, flask drop."""

from secrets import token_urlsafe

from bson import ObjectId
from flask import current_app

from .members import hashed
from .mongo import get_client, get_shared_db

SHELVES = {"ada": ["Blue Train", "Kind of Blue"], "grace": ["Time Out"]}


def db_of(name):
    """The name of a member's database: made here, once, and kept with the member."""
    return f"{current_app.config['MONGODB_DB']}_{name}"


def seed():
    """Start again, with two members and three records; prints each member's token, which nobody keeps."""
    drop()
    get_shared_db().members.create_index("token", unique=True)
    number = 0
    for name, titles in SHELVES.items():
        token = token_urlsafe()
        member = {"_id": name, "token": hashed(token), "db": db_of(name)}
        get_shared_db().members.insert_one(member)
        for title in titles:
            number += 1
            record = {"_id": ObjectId(f"{number:024}"), "title": title}
            get_client()[member["db"]].records.insert_one(record)
        print(name, token)


def members():
    print(get_shared_db().members.count_documents({}), "members")


def drop():
    """Leave nothing behind on a server that is shared."""
    for name in [current_app.config["MONGODB_DB"], *map(db_of, SHELVES)]:
        get_client().drop_database(name)


def init_app(app):
    for command in (seed, members, drop):
        app.cli.command(command.__name__)(command)
