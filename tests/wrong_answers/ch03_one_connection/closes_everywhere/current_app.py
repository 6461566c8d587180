"""register runs while the app is made, so there is no current app yet. Use the parameter app."""

from flask import current_app

current_app.teardown_appcontext(close_conn)
