"""A wrong way, kept to be looked at: connected while the app is made, and so before a fork."""

from flask import Blueprint, current_app

from .db import connect, get_db

bp = Blueprint("early", __name__, url_prefix="/early")


def init_app(app):
    app.extensions["early session"] = connect(app.config)
    app.register_blueprint(bp)


@bp.get("/animals/<genus:genus>")
def species(genus):
    text = get_db().named("SELECT species FROM $keyspace.animals WHERE genus = %s")
    rows = current_app.extensions["early session"].execute(text, [genus])
    return [row["species"] for row in rows]
