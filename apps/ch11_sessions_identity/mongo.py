"""One MongoClient for the app; what a request sends through it can be shown in a header."""

import atexit

from flask import current_app, g, has_app_context
from pymongo import MongoClient, monitoring


class CommandLog(monitoring.CommandListener):
    """Notes in g which commands were sent in this app context."""

    def started(self, event):
        if has_app_context():
            collection = event.command.get(event.command_name)
            g.setdefault("commands", []).append(f"{event.command_name} {collection}")

    def succeeded(self, event):
        pass

    def failed(self, event):
        pass


def show_commands(response):
    response.headers["X-Mongo-Commands"] = ", ".join(g.get("commands", [])) or "none"
    return response


def get_db():
    """The database of the current app."""
    return current_app.extensions["mongo"][current_app.config["MONGODB_DB"]]


def init_app(app):
    limit = app.config["MONGODB_TIMEOUT_MS"]
    client = MongoClient(
        app.config["MONGODB_URI"],
        connect=False,
        # An operation as a whole: without it, all of its waits would add up.
        timeoutMS=limit,
        # What is outside of an operation: the monitor's socket, the goodbye.
        serverSelectionTimeoutMS=limit,
        connectTimeoutMS=2 * limit,
        socketTimeoutMS=limit,
        event_listeners=[CommandLog()] if app.config["SHOW_COMMANDS"] else [],
    )
    app.extensions["mongo"] = client
    atexit.register(client.close)
    if app.config["SHOW_COMMANDS"]:
        app.after_request(show_commands)
