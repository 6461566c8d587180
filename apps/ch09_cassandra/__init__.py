"""Animals of a zoo in Cassandra: one session for each process, each statement prepared once."""

from dotenv import load_dotenv
from flask import Flask

from . import animals, commands, db, early, errors, names, settings, wrong
from .config import Config


def create_app(config=Config):
    app = Flask(__name__)
    app.config.from_object(config)
    # The file .env of the folder we are started in; what the environment has already wins.
    load_dotenv(".env")
    # FLASK_CASSANDRA_PORT=9042 in the environment becomes CASSANDRA_PORT, an int.
    app.config.from_prefixed_env()

    # Opens nothing, and fills in the defaults of the settings that are looked at next.
    db.init_app(app)
    settings.check(app.config)
    errors.init_app(app)
    commands.init_app(app)
    names.init_app(app)
    app.register_blueprint(animals.bp)

    # The wrong ways, kept to be compared.
    if app.config["WRONG_WAYS"]:
        app.register_blueprint(wrong.bp)
    if app.config["OPEN_EARLY"]:
        early.init_app(app)
    return app
