"""The README tells the truth: its picture, its chapters, their minutes."""

import base64
import json
import re
import tomllib
from pathlib import Path
from urllib.parse import quote

import pytest
from flask import Flask, g

from workbook import Recorder, Timeline, databases, learner, pages

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]


def picture():
    """The SVG of two requests on a sandbox: one closes its connection, one leaks it."""
    app = Flask("readme", static_folder=None)
    app.log_exception = lambda exc_info: None
    database = databases.rethinkdb("readme")

    @app.before_request
    def load_user():
        pass

    @app.get("/songs")
    def songs():
        g.conn = database.connect()
        return []

    @app.after_request
    def add_header(response):
        return response

    @app.teardown_appcontext
    def close_conn(exc):
        if leak:
            raise RuntimeError
        g.conn.close()

    with Recorder(app) as recorder:
        leak = False
        app.test_client().get("/songs")
        leak = True
        with pytest.raises(RuntimeError):
            app.test_client().get("/songs")
    return base64.b64decode(re.search(r'src="[^,]+,([^"]+)', Timeline(recorder.events)._repr_html_())[1])


def test_picture_is_what_the_workbook_draws():
    assert (ROOT / "docs" / "timeline.svg").read_bytes() == picture()


def test_chapters_and_minutes():
    told = dict(re.findall(r"^\| `(\w+)` \|.*\| (\d+) \|$", README, re.M))
    minutes = {
        path.stem: str(json.loads(path.read_text(encoding="utf-8"))["metadata"]["workbook"]["minutes"])
        for path in (ROOT / "notebooks").glob("*.ipynb")
    }
    assert told == minutes


def test_commands_exist():
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    for target in re.findall(r"(?:^|`)make (\w+)", README, re.M):
        assert re.search(rf"^{target}:", makefile, re.M), target


def test_the_buttons_lead_to_the_repository():
    [owner, name] = PROJECT["urls"]["Repository"].removeprefix("https://github.com/").split("/")
    start = quote(learner.name(next(iter(pages.load(ROOT).values()))))
    assert f"(https://mybinder.org/v2/gh/{owner}/{name}/HEAD?urlpath=lab/tree/work/{start})" in README
    assert f"(https://{owner}.github.io/{name}/)" in README
    # Binder makes the copy that its button opens.
    assert (ROOT / "postBuild").read_text(encoding="utf-8").endswith("python -m workbook copy\n")
