"""People: their names, passwords and roles."""

from secrets import token_urlsafe

from pymongo.errors import DuplicateKeyError
from werkzeug.security import check_password_hash, generate_password_hash

from .db import get_db

# What an unknown name is checked against, so that it takes as long as a known one.
NOBODY = {"password": generate_password_hash(token_urlsafe())}


class NameTaken(Exception):
    """There is somebody of that name."""


def create(name, password, role):
    """Add a person. Raises NameTaken."""
    person = {
        "_id": name,
        "password": generate_password_hash(password),
        "role": role,
        # Stands in the session: when it is changed, every session of this person ends.
        "login_id": token_urlsafe(),
    }
    try:
        get_db()["people"].insert_one(person)
    except DuplicateKeyError:
        raise NameTaken(name) from None


def find(name, login_id):
    """The person who logged in under that id, or None."""
    return get_db()["people"].find_one({"_id": name, "login_id": login_id})


def check(name, password):
    """The person of that name and password, or None."""
    person = get_db()["people"].find_one({"_id": name})
    known = check_password_hash((person or NOBODY)["password"], password)
    return person if known else None
