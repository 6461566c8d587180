"""Find an app as ``flask --app`` does, and say in the app's own words what went wrong."""

import os
import traceback
from pathlib import Path

import flask.cli

FLASK = Path(flask.cli.__file__)
OURS = Path(__file__).parent.parent


def load(name, config):
    """The app that ``flask --app name`` would run, with the dict ``config`` on top of its own.

    Raises SystemExit with a message of one sentence if there is none, and with the app's own
    traceback if its code raises; a sentence more if that is a SystemExit.
    """
    try:
        flask.cli.load_dotenv()
        app = flask.cli.ScriptInfo(app_import_path=name or os.environ.get("FLASK_APP")).load_app()
    except flask.cli.NoAppException as error:
        raise SystemExit(f"Error: {error.format_message()}") from None
    except SystemExit as error:
        ended = "Error: The app ended its process while it was loaded."
        raise SystemExit(f"{own_traceback(error)}\n{ended}") from None
    except Exception as error:
        raise SystemExit(own_traceback(error)) from None
    app.config.update(config)
    return app


def own_traceback(error):
    """The traceback from where the app's own code begins, as a text."""
    begin = error.__traceback__
    while begin is not None and _is_ours(begin.tb_frame.f_code.co_filename):
        begin = begin.tb_next
    # A file that cannot be compiled has no frame of its own: its message says where.
    return "".join(traceback.format_exception(type(error), error, begin)).rstrip()


def _is_ours(filename):
    return filename.startswith("<frozen importlib") or Path(filename) == FLASK or Path(filename).is_relative_to(OURS)
