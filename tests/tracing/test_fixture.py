"""The fixture ``no_leaks`` in a project outside of this repository, and what the page of the book says of it."""

import re
import subprocess
import sys

from workbook.paths import ROOT

PAGE = (ROOT / "docs" / "book" / "trace.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"```\w*\n(.*?)```", PAGE, re.DOTALL)
PROJECT = {
    "shop.py": """
import sqlite3
from flask import Flask, g

def create_app():
    app = Flask(__name__)

    @app.teardown_appcontext
    def close(error):
        if "db" in g:
            g.pop("db").close()
        if g.pop("fail", False):
            raise ValueError("in teardown")

    @app.get("/good")
    def good():
        g.db = sqlite3.connect(":memory:")
        return str(g.db.execute("SELECT 1").fetchone())

    @app.get("/leaks")
    def leaks():
        return str(sqlite3.connect(":memory:").execute("SELECT 1").fetchone())

    @app.get("/opens")
    def opens():
        g.db = sqlite3.connect(":memory:")
        return ""

    @app.get("/loses")
    def loses():
        g.fail = True
        return ""

    return app
""",
    "conftest.py": """
import pytest
from shop import create_app

@pytest.fixture
def app():
    return create_app()

@pytest.fixture
def client(app):
    with app.test_client() as client:
        yield client
""",
    "test_shop.py": """
import pytest
from shop import create_app

def test_good(client, no_leaks):
    assert client.get("/good").status_code == 200

def test_leaks(client, no_leaks):
    client.get("/leaks")

def test_leaks_first(no_leaks, client):
    client.get("/leaks")

def test_leaks_unwatched(client):
    client.get("/leaks")

def test_opens(client, no_leaks):
    client.get("/opens")

def test_opens_strict(client, no_leaks):
    no_leaks.fail_on = ["leaked", "unused"]
    client.get("/opens")

def test_loses(app, no_leaks):
    with pytest.raises((ValueError, ExceptionGroup)):
        app.test_client().get("/loses")

def test_on_purpose(client, no_leaks):
    no_leaks.expected = ["leaked"]
    client.get("/leaks")

def test_loses_on_purpose_and_leaks(client, no_leaks):
    no_leaks.expected = ["lost"]
    client.get("/leaks")
    with pytest.raises((ValueError, ExceptionGroup)):
        client.get("/loses")

def test_no_longer_on_purpose(client, no_leaks):
    no_leaks.expected = ["leaked"]
    client.get("/good")
""",
    "other/test_other.py": """
import pytest
from flask import Flask
from shop import create_app

pytestmark = pytest.mark.usefixtures("no_leaks")
BEFORE = create_app()

@pytest.fixture
def app():
    return "no app of Flask"

@pytest.fixture
def make():
    return lambda: create_app()

def test_made(make):
    make().test_client().get("/good")
    make().test_client().get("/leaks")

def test_made_in_a_context():
    with create_app().app_context():
        create_app().test_client().get("/leaks")

def test_made_before(no_leaks):
    assert no_leaks(no_leaks(BEFORE)) is BEFORE
    BEFORE.test_client().get("/leaks")

def test_made_before_and_not_named():
    BEFORE.test_client().get("/leaks")

def test_without_one():
    pass

def test_of_another_kind(app):
    pass

def test_many_at_once(make):
    from concurrent.futures import ThreadPoolExecutor
    app = make()
    with ThreadPoolExecutor(4) as threads:
        list(threads.map(lambda _: app.test_client().get("/good"), range(600)))

""",
    "page/notes.py": BLOCKS[0],
    "page/conftest.py": """
import contextlib, sqlite3
import notes
import pytest

@pytest.fixture
def app():
    with contextlib.closing(sqlite3.connect("notes.db")) as db:
        db.execute("CREATE TABLE IF NOT EXISTS notes (text)")
    return notes.app

"""
    + next(block for block in BLOCKS if "autouse" in block),
    "page/test_page.py": "\n".join(block for block in BLOCKS if block.startswith("def test")),
    "test_z_after.py": """
import sqlite3, socket
import flask

def test_everything_is_as_it_was():
    for function in (flask.Flask.__init__, sqlite3.connect, socket.socket.connect):
        assert not hasattr(function, "__wrapped__")
""",
}


def test_a_project_of_its_own(tmp_path):
    for name, source in PROJECT.items():
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(source, encoding="utf-8")
    options = ["-p", "no:nbval", "-p", "no:cacheprovider"]  # nbval takes a second to load
    ended = subprocess.run(
        [sys.executable, "-m", "pytest", *options, "-rA", "--rootdir", tmp_path, tmp_path],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=120,
    )
    wrong = re.findall(r"^ERROR \S*::(\w+) - (?:Failed: )?(\S+)", ended.stdout, re.MULTILINE)
    assert dict(wrong) == {
        "test_leaks": "leaks()",
        "test_leaks_first": "leaks()",
        "test_opens_strict": "opens()",
        "test_loses": "A",
        "test_loses_on_purpose_and_leaks": "leaks()",
        "test_no_longer_on_purpose": "Nothing",
        "test_made": "leaks()",
        "test_made_in_a_context": "leaks()",
        "test_made_before": "leaks()",
        "test_of_another_kind": "TypeError:",
        "test_search": "search()",
    }
    assert next(block for block in BLOCKS if block.startswith("search() (notes.py:26)")) in ended.stdout
    assert "19 passed, 11 errors" in ended.stdout
