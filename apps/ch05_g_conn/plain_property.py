"""The wrong way, kept to be compared: a g.conn that connects anew at every access."""

from flask.ctx import _AppCtxGlobals
from rethinkdb.net import Connection

from .db import connect


class ForgetfulGlobals(_AppCtxGlobals):
    """A property keeps nothing: the teardown finds no connection in g, and closes none."""

    @property
    def conn(self) -> Connection:
        return connect()


def init_app(app):
    app.app_ctx_globals_class = ForgetfulGlobals
