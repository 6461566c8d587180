"""One MongoClient for the app; what a request sends through it can be shown in a header."""

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
    app.extensions["mongo"] = MongoClient(
        app.config["MONGODB_URI"],
        connect=False,
        serverSelectionTimeoutMS=1000,
        socketTimeoutMS=app.config["MONGODB_SOCKET_MS"],
        event_listeners=[CommandLog()] if app.config["SHOW_COMMANDS"] else [],
    )
    if app.config["SHOW_COMMANDS"]:
        app.after_request(show_commands)
