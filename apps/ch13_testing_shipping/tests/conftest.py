"""Fixtures. None of them holds a context open while a test sends requests."""

from contextlib import closing
from secrets import token_hex

import pytest
from rethinkdb import r

from .. import bounded, create_app
from ..db import connect

SETTINGS = {"TESTING": True, "SECRET_KEY": "the key of these tests", "READY_MAX_AGE": 0}


@pytest.fixture(scope="session")
def database():
    """The name of a database that no other run of these tests has; it is dropped at the end."""
    name = f"test_{token_hex(4)}"
    yield name
    with closing(connect(create_app(**SETTINGS).config)) as conn:
        r.db_drop(name).run(conn)


@pytest.fixture
def app(database):
    app = create_app(RETHINKDB_DB=database, **SETTINGS)
    # A command has a context of its own, and that is over when it returns.
    done = app.test_cli_runner().invoke(args=["seed"])
    assert done.exit_code == 0, done.output
    yield app
    # What lives as long as the app: atexit would leave it open until the last test.
    app.extensions["probe"].close()


@pytest.fixture
def client(app):
    return app.test_client()


@pytest.fixture
def runner(app):
    return app.test_cli_runner()


@pytest.fixture
def opened(app, monkeypatch):
    """The connections that the app opens from here on, in a list."""
    conns, original = [], bounded.connect
    monkeypatch.setattr(bounded, "connect", lambda *args, **where: conns.append(original(*args, **where)) or conns[-1])
    return conns
