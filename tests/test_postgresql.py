"""Chapter 12 on a PostgreSQL: the same outputs; and what only a server can show.

Where PostgreSQL is not installed, conftest.py leaves this file out, and the first lines of the run say so.
"""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.exc import OperationalError

import postgresql
from workbook import Wire, databases, launch
from workbook.drivers import sqlalchemy

ROOT = Path(__file__).parent.parent
STEM = "ch12_sqlalchemy"
ALL = [f"tests/apps/test_{STEM}.py", f"notebooks/{STEM}.ipynb", f"solutions/{STEM}.ipynb"]


@pytest.fixture(scope="module", autouse=True)
def server():
    """The server's URL, which is DATABASE_URL meanwhile."""
    with pytest.MonkeyPatch.context() as patch, postgresql.serving() as url:
        patch.setenv("DATABASE_URL", url)
        yield url


def test_the_chapter_is_the_same():
    environment = {name: value for name, value in os.environ.items() if not name.startswith("PYTEST_")}
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-n", "0", "-q", "-p", "no:cacheprovider", *ALL],
        cwd=ROOT,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
    )
    assert done.returncode == 0, done.stdout[-5000:]
    assert re.search(r"^\d+ passed in", done.stdout, re.M), done.stdout[-500:]


def test_a_schema_of_the_learner_s_that_is_empty_each_time(monkeypatch):
    def tables(database):
        with database.connect() as conn:
            return conn.execute(
                text("SELECT current_schema(), count(*) FROM pg_tables WHERE schemaname = current_schema()")
            ).one()

    found = {}
    for learner in ("ann", "bob"):
        monkeypatch.setenv("JUPYTERHUB_USER", learner)
        found[learner] = databases.sql("shared")
        with found[learner].connect() as conn, conn.begin():
            conn.exec_driver_sql("CREATE TABLE records (slug text)")
    # Somebody is at work in bob's, in the middle of a transaction.
    with found["bob"].connect() as conn:
        conn.exec_driver_sql("SELECT * FROM records")
        assert tables(databases.sql("shared")) == ("shared_bob", 0)
        with pytest.raises(OperationalError):
            conn.exec_driver_sql("SELECT 1")
    assert tables(found["ann"]) == ("shared_ann", 1)


def test_the_doctor_finds_it(server):
    assert sqlalchemy.look() == (sqlalchemy.look.__doc__, "the PostgreSQL of DATABASE_URL", "")


def test_connections_counted_in_front_of_the_server():
    database = databases.sql("counted")
    with Wire(*database.address) as wire:
        app = launch(STEM, database.through(wire), name="counted")
        assert app.flask("seed").exit_code == 0
        assert (wire.opened, wire.open) == (1, 0)
        assert [app.get("/records").status for _ in range(3)] == [200] * 3
        assert (wire.opened, wire.open) == (2, 1)
        wire.cut()
        assert [app.get("/records").status for _ in range(2)] == [200] * 2
        assert (wire.opened, wire.open) == (3, 1)
        app.stop()
