"""Everything under /api, and its description at /api/openapi.json, made from the code."""

from flask import Blueprint
from flask_wtf import CSRFProtect

from .. import auth
from . import catalogue, feed, history, people, queue
from .description import api

# A global, as it holds no connection: init_app ties it to an app.
csrf = CSRFProtect()
bp = Blueprint("api", __name__, url_prefix="/api")
for module in (queue, feed, catalogue, history, people):
    bp.register_blueprint(module.bp)


@bp.get("/openapi.json")
def openapi():
    return api.spec


def init_app(app):
    auth.init_app(app)
    # A token lives as long as its session: a page stays open for a whole evening.
    app.config["WTF_CSRF_TIME_LIMIT"] = None
    csrf.init_app(app)
    app.register_blueprint(bp)
