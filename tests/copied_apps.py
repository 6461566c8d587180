"""Apps as a reader copies them: a package under another name in an empty folder, nothing of ours beside it.

One process serves them all, each with settings of its own in the environment. This module is both sides:
``serving()`` for the tests, and the program that it starts.
"""

import contextlib
import io
import json
import os
import shutil
import subprocess
import sys
import threading
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
SECRET = "a secret of this test alone"


def stems():
    return sorted(path.name for path in (ROOT / "apps").glob("c[ah]*_*") if (path / "__init__.py").exists())


def config(stem):
    """The settings of an app with their defaults, without those that only Flask reads."""
    from importlib import import_module

    from flask import Flask

    known = dict(vars(import_module(f"{stem}.config").Config))
    with contextlib.suppress(ModuleNotFoundError):
        # A module that is copied alone brings its own.
        known |= getattr(import_module(f"{stem}.db"), "DEFAULTS", {})
    flasks = Flask("x").config.keys() - {"SECRET_KEY"}
    return {name: value for name, value in known.items() if name.isupper() and name not in flasks}


@contextlib.contextmanager
def serving(folder, plan):
    """Copy apps into ``folder`` and serve them: {stem: what became of it}, and a function that ends them in order.

    ``plan`` is {stem: app}; an app has the "settings" of its environment (without FLASK_), "bad" ones with
    which it must refuse to start, "commands" of its own that are run first, "also", other apps in its modules,
    and "files", {module: source}, others to be written there. What became of it has its "url", what its
    commands "printed", the "urls" of the others and what it "said" to bad settings; or "failed", with a
    text, if it did not start.
    """
    for stem, app in plan.items():
        shutil.copytree(ROOT / "apps" / stem, folder / copied(stem), ignore=shutil.ignore_patterns("__pycache__"))
        for name, source in app.get("files", {}).items():
            (folder / copied(stem) / f"{name}.py").write_text(source, encoding="utf-8")
    keep = {
        name: value for name, value in os.environ.items() if name in ("PATH", "HOME", "LANG", "SYSTEMROOT", "TMPDIR")
    }
    log = (folder / "log.txt").open("wb")
    process = subprocess.Popen(
        [sys.executable, "-P", __file__],
        cwd=folder,
        env=keep,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=log,
    )
    with log, process:
        try:
            yield _tell(process, plan), lambda: _tell(process, "end")
        finally:
            process.kill()


def copied(stem):
    return f"my_{stem[5:]}"


def _tell(process, what):
    process.stdin.write(json.dumps(what).encode() + b"\n")
    process.stdin.flush()
    return json.loads(process.stdout.readline() or "null")


# The program.


def main():
    ours, sys.stdout = sys.stdout, sys.stderr
    sys.path.insert(0, os.getcwd())
    plan = json.loads(sys.stdin.readline())
    plain = dict(os.environ)
    done = {}
    for stem, app in plan.items():
        try:
            with _environment(plain, app.get("bad", {})):
                said = _refused(copied(stem)) if "bad" in app else None
            with _environment(plain, app["settings"]):
                done[stem] = _start(copied(stem), app) | {"said": said}
        except (Exception, SystemExit) as error:
            done[stem] = {"failed": f"{type(error).__name__}: {error}"}
    loaded = [getattr(module, "__file__", None) or "" for module in list(sys.modules.values())]
    beside = [path for path in loaded if Path(path).is_relative_to(ROOT) and not path.startswith(sys.prefix)]
    assert set(beside) <= {__file__}, beside
    print(json.dumps(done), file=ours, flush=True)
    sys.stdin.readline()
    import atexit

    atexit._run_exitfuncs()  # and stay, so that whatever is open now is nobody's but the apps'
    print(json.dumps("ended"), file=ours, flush=True)
    sys.stdin.readline()


@contextlib.contextmanager
def _environment(plain, settings):
    os.environ.update({f"FLASK_{name}": value for name, value in settings.items()})
    yield
    os.environ.clear()
    os.environ.update(plain)


def _refused(name):
    """What an app says that does not start."""
    try:
        _load(name)
    except Exception as error:
        return f"{type(error).__name__}: {error}"
    return "nothing: it started"


def _load(name):
    from flask.cli import ScriptInfo

    return ScriptInfo(app_import_path=name, set_debug_flag=False).load_app()


def _start(name, app):
    from flask.cli import cli

    printed = io.StringIO()
    with contextlib.redirect_stdout(printed):
        for command in app.get("commands", []):
            cli.main(["--app", name, *command], standalone_mode=False)
    urls = {one: _serve(_load(f"{name}.{one}")) for one in app.get("also", [])}
    if "rates" in urls:
        os.environ["FLASK_RATES_URL"] = urls["rates"]
    urls |= {one: _serve(_load(f"{name}.{one}")) for one in app.get("files", {})}
    return {"url": _serve(_load(name)), "urls": urls, "printed": printed.getvalue()}


def _serve(app):
    from werkzeug.serving import make_server

    server = make_server("127.0.0.1", 0, app, threaded=True)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return f"http://127.0.0.1:{server.server_port}"


if __name__ == "__main__":
    main()
