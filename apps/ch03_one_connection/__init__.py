"""A jukebox: songs in RethinkDB, one connection for each context that needs one."""

from flask import Flask

from . import db, eager, songs


def create_app(config="ch03_one_connection.config.Config"):
    app = Flask(__name__)
    app.config.from_object(config)
    # FLASK_RETHINKDB_PORT=28016 in the environment wins, as an int.
    app.config.from_prefixed_env()

    db.init_app(app)
    if app.config["EAGER_CONNECTION"]:
        eager.init_app(app)
    app.register_blueprint(songs.bp)
    return app
