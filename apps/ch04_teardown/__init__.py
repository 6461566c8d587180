"""A jukebox on two servers: songs on one, a log of the uploads on the other."""

from flask import Flask

from . import db, fragile, recordings


def create_app(config="ch04_teardown.config.Config"):
    app = Flask(__name__)
    app.config.from_object(config)
    # FLASK_AUDIT_PORT=28016 in the environment wins, as an int.
    app.config.from_prefixed_env()

    db.init_app(app)
    if app.config["FRAGILE_TEARDOWN"]:
        fragile.init_app(app)
    else:
        app.teardown_appcontext(db.close_conns)
    app.register_blueprint(recordings.bp)
    return app
