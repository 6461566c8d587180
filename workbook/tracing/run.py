"""The child process behind ``workbook trace``: one app, found as ``flask --app`` finds it, recorded and served.

Started as ``python -m workbook.tracing.run SPEC``, SPEC a JSON object: ``app`` (or null), ``cwd``,
``config`` (a dict), ``port`` (0: any). Reports what ``workbook.running.serve`` does; before that,
``{"about": {...}}``. Each event has ``at``, a moment in seconds.
"""

import io
import json
import os
import platform
import sys
from importlib import metadata


def main(spec):
    from workbook import child
    from workbook.running import serve

    report = child.take_stdout()
    serve.run(lambda events: traced(spec, events, report), report, spec["port"])


def traced(spec, events, report):
    """The app of the spec and its recorder, already at work."""
    from workbook.tracing.load import load
    from workbook.tracing.watch import Watch

    # Not the folder that `python -m` was started in: what `flask --app` does not find, this does not.
    sys.path.remove(sys.path[0])
    os.chdir(spec["cwd"])
    # An app that parses its command line finds an empty one, and one that asks on the terminal finds nobody.
    sys.argv = ["flask"]
    sys.stdin = io.StringIO()
    # As `flask run` does: app.run() says that it is ignored, and starts no server of its own.
    os.environ["FLASK_RUN_FROM_CLI"] = "true"
    watch = Watch(events.add)
    try:
        app = load(spec["app"], spec["config"])
    except SystemExit as wrong:
        print(wrong, file=sys.stderr, flush=True)
        os._exit(2)
    watch.attach(app)
    report({"about": about(app)})
    return app, watch


def about(app):
    """What the report says of the app and of what it runs on."""
    return {
        "name": app.import_name,
        "python": platform.python_version(),
        "flask": metadata.version("flask"),
        "werkzeug": metadata.version("werkzeug"),
    }


if __name__ == "__main__":
    main(json.loads(sys.argv[1]))
