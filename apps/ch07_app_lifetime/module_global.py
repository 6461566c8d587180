"""A wrong way, kept to be looked at: the database in a global of the module."""

from flask import Blueprint

bp = Blueprint("module_global", __name__, url_prefix="/module-global")
db = None


def init_app(app):
    global db
    db = app.extensions["mongo"][app.config["MONGODB_DB"]]
    app.register_blueprint(bp)


@bp.get("/members")
def members():
    return {"members": db.members.count_documents({})}
