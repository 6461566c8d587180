import pytest

import fake_checkout
import postgresql
from workbook import paths
from workbook.drivers.cassandra import LOGIN

collect_ignore = [] if postgresql.programs() else ["test_postgresql.py"]


def pytest_report_header():
    if collect_ignore:
        return "PostgreSQL is not installed, so chapter 12 is tested on SQLite alone (README, Real servers)"


@pytest.fixture
def app_file(tmp_path):
    """A function that writes an app's source into a file and returns its path."""

    def write(source, name="small_app.py"):
        path = tmp_path / name
        path.write_text(source, encoding="utf-8")
        return path

    return write


@pytest.fixture
def root(tmp_path, monkeypatch):
    """A small checkout in the place of this one, and nobody's progress."""
    root = fake_checkout.make(tmp_path / "checkout")
    monkeypatch.setattr(paths, "ROOT", root)
    monkeypatch.setenv("WORKBOOK_PROGRESS", str(tmp_path / "progress.json"))
    return root


@pytest.fixture
def no_servers_of_the_shell(monkeypatch):
    """Databases are sandboxes, whatever the environment names."""
    for name in ["RETHINKDB_HOST", "RETHINKDB_PORT", "MONGODB_URI", "WORKBOOK_MONGOD", "CASSANDRA_CONTACT_POINTS"]:
        monkeypatch.delenv(name, raising=False)
    for name in ["CASSANDRA_PORT", "DATABASE_URL", *LOGIN]:
        monkeypatch.delenv(name, raising=False)
