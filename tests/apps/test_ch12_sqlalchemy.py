"""The claims of chapter 12, in-process, on SQLite or on the PostgreSQL of DATABASE_URL."""

import os
import time
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import psycopg
import pytest
from sqlalchemy import event, func, make_url, select, text
from sqlalchemy.exc import DBAPIError, IntegrityError, OperationalError, ProgrammingError
from sqlalchemy.orm import Session

from ch12_sqlalchemy import by_hand, create_app, wrong
from ch12_sqlalchemy.config import FLAGS, TIMEOUTS, Config
from ch12_sqlalchemy.db import db
from ch12_sqlalchemy.engine import database_url, engine_options
from ch12_sqlalchemy.models import Artist, Record, Sale
from workbook import Recorder, Timeline, databases

SALE = "/records/moanin/sales"
ANN = {"buyer": "ann"}
POSTGRESQL = "postgresql" in os.environ.get("DATABASE_URL", "")


@pytest.fixture
def server():
    return databases.sql("app_ch12")


@pytest.fixture
def make(server):
    """A function that makes the app with these settings, on a database that has the shop's records."""
    made = []

    def make(**settings):
        app = create_app(type("Changed", (Config,), {**server.settings, **settings}))
        app.logger.disabled = True
        if not made:
            assert app.test_cli_runner().invoke(args=["seed"]).output == "3 artists, 5 records\n"
            engine_of(app).dispose()
        made.append(app)
        return app

    yield make
    wrong.sessions.clear()
    wrong.cache.clear()
    for app in made:
        app.logger.disabled = False
        engine_of(app).dispose()


@pytest.fixture
def app(make):
    return make(BY_HAND=True, NO_CREDIT=["bob"])


def engine_of(app):
    with app.app_context():
        return db.engine


def count(server, model):
    """Rows that others see."""
    with server.connect() as connection:
        return connection.scalar(select(func.count()).select_from(model))


def done(app, *paths):
    """The Timeline of these requests."""
    with Recorder(app) as recorder:
        for path in paths:
            app.test_client().get(path)
    return Timeline(recorder.events)


def test_bad_settings_are_all_named_at_once_without_the_password():
    bad = {
        "DATABASE_URL": "mysql://ann:so-secret@127.0.0.1/shop",
        "DATABASE_POOL_SIZE": 0,
        "DATABASE_MAX_OVERFLOW": -1,
        **dict.fromkeys(TIMEOUTS, 0.5),
        "NO_CREDIT": "bob",
        "MAX_CONTENT_LENGTH": 0,
        **dict.fromkeys(FLAGS, 1),
    }
    with pytest.raises(ValueError, match="^bad settings: ") as caught:
        create_app(type("Bad", (Config,), bad))
    parts = str(caught.value).removeprefix("bad settings: ").split("; ")
    assert sorted(part.split(" must be ")[0] for part in parts) == sorted(bad)
    assert "so-secret" not in str(caught.value)
    assert len(TIMEOUTS) == 3 and "DATABASE_PRE_PING" in FLAGS


@pytest.mark.parametrize("url", [5, None, "", "nonsense", "sqlite://", "sqlite:///:memory:", "postgresql://127.0.0.1"])
def test_a_url_that_names_no_database(url):
    with pytest.raises(ValueError, match="^bad settings: DATABASE_URL must be a URL that begins with [^;]*$"):
        create_app(type("Bad", (Config,), {"DATABASE_URL": url}))


@pytest.mark.parametrize("begin", ["postgres", "postgresql", "postgresql+psycopg"])
def test_postgresql_has_a_driver_and_limits(begin):
    url = f"{begin}://ann:secret@db.example/shop?options=-csearch_path%3Dmine"
    app = create_app(type("There", (Config,), {"DATABASE_URL": url, "DATABASE_STATEMENT_TIMEOUT": 7}))
    assert database_url(app).drivername == "postgresql+psycopg"
    assert engine_options(app)["connect_args"] == {
        "connect_timeout": 5,
        "options": "-csearch_path=mine -c statement_timeout=7s",
    }


def test_a_relative_file_is_in_the_instance_folder(tmp_path):
    app = create_app(type("Here", (Config,), {"DATABASE_URL": f"sqlite:///{tmp_path}/new/shop.db"}))
    assert database_url(app).database == f"{tmp_path}/new/shop.db" and (tmp_path / "new").is_dir()
    app.instance_path = str(tmp_path / "instance")
    app.config["DATABASE_URL"] = "sqlite:///shop.db"
    assert database_url(app).database == f"{tmp_path}/instance/shop.db"


def test_no_wrong_way_that_nobody_asked_for(make):
    ours = {str(rule).split("<")[0] for rule in make().url_map.iter_rules()}
    assert ours == {"/static/", "/", "/records", "/records/", "/artists", "/records.ndjson"}


def test_what_visitors_get(client):
    assert client.get("/").json == {"service": "record shop"}
    slugs = ["blue-train", "giant-steps", "kind-of-blue", "milestones", "moanin"]
    assert client.get("/records").json == client.get("/by-hand/records").json == slugs
    assert client.get("/records/moanin").json == {"slug": "moanin", "title": "Moanin'", "stock": 4}
    assert client.get("/artists").json["Miles Davis"] == ["Kind of Blue", "Milestones"]
    assert len(client.get("/records.ndjson").text.splitlines()) == 5
    for path in ("/records/nothing", "/records/a%00b", f"/records/{'x' * 61}"):
        assert client.get(path).status_code == 404
    assert client.post("/records/nothing/sales", json=ANN).status_code == 404
    for buyer in ("", "x" * 61, "a\nb", 5, None):
        assert client.post(SALE, json={"buyer": buyer}).status_code == 400
    assert client.post(SALE, json=[]).status_code == client.post(SALE, data="{").status_code - 15 == 400


def test_commands(app, runner, client):
    assert runner.invoke(args=["restock", "moanin", "3"]).output == "moanin: 3 more\n"
    assert client.get("/records/moanin").json["stock"] == 7
    assert runner.invoke(args=["restock", "nothing", "3"]).output == "Error: no record 'nothing'\n"
    assert runner.invoke(args=["seed"]).exit_code == 0
    assert client.get("/records/moanin").json["stock"] == 4
    assert engine_of(app).pool.checkedout() == 0


def test_making_an_app_opens_nothing(server):
    app = create_app(type("New", (Config,), {**server.settings, "BY_HAND": True}))
    for engine in (engine_of(app), app.extensions["engine"]):
        assert (engine.pool.checkedin(), engine.pool.checkedout()) == (0, 0)


def test_one_connection_for_all_and_none_for_who_asks_nothing(app):
    timeline = done(app, "/records", "/records", "/")
    assert (timeline.opened, timeline.kept, timeline.leaked) == (1, 1, 0)
    assert (timeline.checkouts, timeline.statements, timeline.rollbacks, timeline.returns) == (2, 2, 2, 2)


def test_by_hand_is_the_same(app):
    def counts(path):
        timeline = done(app, path, path, "/")
        return [getattr(timeline, name) for name in ("opened", "checkouts", "statements", "rollbacks", "returns")]

    assert counts("/by-hand/records") == counts("/records") == [1, 2, 2, 2, 2]
    app.extensions["engine"].dispose()


def test_two_contexts_share_the_engine_and_no_session(app):
    def lives():
        with app.app_context():
            return db.engine, db.engine.pool, db.session()

    (engine, pool, session), (same_engine, same_pool, other) = lives(), lives()
    assert engine is same_engine and pool is same_pool and session is not other
    with app.app_context():
        outer = db.session()
        with app.app_context():
            assert db.session() is not outer
        assert db.session() is outer


def test_a_refused_payment_leaves_nothing(app, client, server):
    with Recorder(app) as recorder:
        assert client.post(SALE, json={"buyer": "bob"}).status_code == 402
    timeline = Timeline(recorder.events)
    assert (timeline.statements, timeline.commits, timeline.rollbacks) == (2, 0, 1)
    assert client.get("/records/moanin").json["stock"] == 4 and count(server, Sale) == 0
    assert client.post(SALE, json=ANN).status_code == 201
    assert client.get("/records/moanin").json["stock"] == 3 and count(server, Sale) == 1


def test_the_last_copy_is_sold_once(app, server):
    begin = Barrier(4)

    def buy(number):
        begin.wait(10)
        return app.test_client().post("/records/milestones/sales", json={"buyer": f"buyer {number}"}).status_code

    with ThreadPoolExecutor(4) as threads:
        statuses = list(threads.map(buy, range(4)))
    assert sorted(statuses) == [201, 409, 409, 409]
    assert count(server, Sale) == 1
    assert app.test_client().post("/records/milestones/sales", json=ANN).status_code == 409


LIMITS = {"DATABASE_POOL_SIZE": 1, "DATABASE_MAX_OVERFLOW": 1, "DATABASE_POOL_TIMEOUT": 1}


def test_a_session_for_each_visitor_empties_the_pool(make, caplog, no_leaks):
    no_leaks.expected = ["leaked"]
    app = make(WRONG_WAYS=True, **LIMITS)
    app.logger.disabled = False
    ask = app.test_client().get
    with Recorder(app) as recorder:
        statuses = [ask(f"/wrong/visitors/{name}/records").status_code for name in ("ann", "bob", "cleo")]
        assert statuses == [200, 200, 503]
    timeline = Timeline(recorder.events)
    assert (timeline.opened, timeline.leaked, timeline.checkouts, timeline.returns) == (2, 2, 2, 0)
    assert "QueuePool limit of size 1 overflow 1 reached, connection timed out, timeout 1.00" in caplog.text
    response = ask("/records")
    assert (response.status_code, response.headers["Retry-After"]) == (503, "1")


def test_an_error_that_is_caught_and_gone_on(make, server):
    client = make(WRONG_WAYS=True).test_client()
    assert client.post("/wrong/artists/art-blakey").status_code == 500
    assert client.post("/wrong/artists/sun-ra").status_code == 200
    assert count(server, Artist) == 3


def test_a_savepoint_for_one_row(app, server):
    with app.app_context():
        for slug in ("sun-ra", "art-blakey"):
            try:
                with db.session.begin_nested():
                    db.session.add(Artist(slug=slug, name=slug))
            except DBAPIError:
                pass
        db.session.commit()
    assert count(server, Artist) == 4


def test_objects_of_an_earlier_request(make):
    client = make(WRONG_WAYS=True).test_client()
    assert client.get("/wrong/artists/miles-davis/records").json == ["Kind of Blue", "Milestones"]
    assert client.get("/wrong/artists/art-blakey").json == {"name": "Art Blakey"}
    assert client.get("/wrong/artists/art-blakey/records").status_code == 500
    assert client.get("/wrong/artists/miles-davis/records").status_code == 200
    assert client.get("/wrong/artists/nobody").status_code == 404


@pytest.mark.parametrize(("path", "statements"), [("/wrong/artists", 4), ("/artists", 2)])
def test_one_query_or_one_for_each_row(make, path, statements):
    timeline = done(make(WRONG_WAYS=True), path)
    assert (timeline.statements, timeline.checkouts) == (statements, 1)


def test_a_connection_is_out_until_the_transaction_ends(app):
    with app.app_context():
        pool, out = db.engine.pool, []
        for do in (lambda: None, lambda: db.session.get(Record, "moanin"), db.session.commit):
            do()
            out.append(pool.checkedout())
        db.session.get(Record, "moanin")
    assert out == [0, 1, 0] and pool.checkedout() == 0


def test_a_stream_holds_a_connection_until_it_ends_or_the_client_goes(app, client):
    pool = engine_of(app).pool
    for read in (lambda body: list(body), lambda body: next(body)):
        with client.get("/records.ndjson", buffered=False) as response:
            read(iter(response.response))
        assert pool.checkedout() == 0


def test_a_stream_of_objects_that_the_view_has_loaded(make):
    client = make(WRONG_WAYS=True).test_client()
    with pytest.raises(Exception, match="is not bound to a Session; lazy load operation of attribute 'records'"):
        client.get("/wrong/artists.txt")


def test_a_thread_has_a_session_of_its_own(app):
    def stock():
        return db.session.get(Record, "moanin").stock

    def in_context():
        with app.app_context():
            return stock()

    with app.app_context(), ThreadPoolExecutor(1) as threads:
        assert stock() == 4
        with pytest.raises(RuntimeError, match=r"^Working outside of application context\."):
            threads.submit(stock).result()
        assert threads.submit(in_context).result() == 4
        assert db.engine.pool.checkedout() == 1
    assert engine_of(app).pool.checkedout() == 0


def test_what_an_app_commits_in_a_transaction_around_it(app, client, server):
    with app.app_context():
        engines = db.engines
    engine = engines[None]
    with engine.connect() as connection:
        transaction = connection.begin()
        engines[None] = connection
        assert client.post(SALE, json=ANN).status_code == 201
        assert client.post(SALE, json={"buyer": "bob"}).status_code == 402
        assert client.get("/records/moanin").json["stock"] == 3
        engines[None] = engine
        transaction.rollback()
    assert client.get("/records/moanin").json["stock"] == 4 and count(server, Sale) == 0
    assert engine.pool.checkedout() == 0


def end_connections(server, opened):
    """What a restart does to an app's connections: PostgreSQL ends them itself, for SQLite we do it."""
    if not POSTGRESQL:
        for connection in opened:
            connection.close()
        return
    ended = "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE application_name = %s"
    url = make_url(server.url)
    plain = url.set(drivername="postgresql", query={}).render_as_string(hide_password=False)
    with psycopg.connect(plain) as connection:
        assert all(gone for [gone] in connection.execute(ended, [url.query["application_name"]]))


def opened_by(app):
    """A list that fills with the connections of the driver."""
    opened = []
    event.listen(engine_of(app), "connect", lambda connection, record: opened.append(connection))
    return opened


@pytest.mark.parametrize(("ping", "first"), [(False, 503), (True, 200)])
def test_a_server_that_was_restarted(make, server, ping, first):
    app = make(DATABASE_PRE_PING=ping)
    client, opened = app.test_client(), opened_by(app)
    with Recorder(app) as recorder:
        assert client.get("/records").status_code == 200
        end_connections(server, opened)
        assert [client.get("/records").status_code for _ in range(2)] == [first, 200]
    timeline = Timeline(recorder.events)
    assert (timeline.opened, timeline.cut, timeline.kept) == (2, 1, 1)
    assert engine_of(app).pool.checkedout() == 0


@pytest.fixture
def dying(app, server):
    """The app with a view for each session, during which the server goes."""
    opened = opened_by(app)

    @app.get("/dies")
    def dies():
        db.session.get(Record, "moanin")
        end_connections(server, opened)
        return "finished"

    event.listen(app.extensions["engine"], "connect", lambda connection, record: opened.append(connection))

    @app.get("/by-hand/dies")
    def dies_by_hand():
        by_hand.get_session().get(Record, "moanin")
        end_connections(server, opened)
        return "finished"

    return app


@pytest.mark.parametrize("path", ["/dies", "/by-hand/dies"])
def test_a_goodbye_that_fails_loses_no_response(dying, path):
    client = dying.test_client()
    assert client.get(path).text == "finished"
    pools = engine_of(dying).pool, dying.extensions["engine"].pool
    assert [pool.checkedout() for pool in pools] == [0, 0]
    assert client.get("/records").status_code == client.get("/by-hand/records").status_code == 200


def test_flask_sqlalchemy_alone_loses_it(dying, no_leaks):
    no_leaks.expected = ["lost"]
    teardowns = dying.teardown_appcontext_funcs
    teardowns[:] = [function for function in teardowns if function.__name__ != "end_session"]
    with Recorder(dying) as recorder:
        dying.test_client().get("/records")
        with pytest.raises((OperationalError, ProgrammingError)):
            dying.test_client().get("/dies")
        assert "GET /dies  500 in teardown, 200 OK lost" in str(Timeline(recorder.events))


def test_who_waits_for_a_lock_waits_no_longer_than_allowed(make, server):
    client = make(DATABASE_STATEMENT_TIMEOUT=1).test_client()
    with server.connect() as other:
        other.execute(text("UPDATE records SET stock = 9 WHERE slug = 'moanin'"))
        begin = time.monotonic()
        response = client.post(SALE, json=ANN)
        waited = time.monotonic() - begin
        assert client.get("/records/moanin").json["stock"] == 4
    assert response.status_code == 503 and response.json == {"error": "database unavailable"}
    assert 0.8 < waited < 5
    assert client.post(SALE, json=ANN).status_code == 201


def test_who_reads_does_not_stop_who_writes(make):
    app = make(DATABASE_STATEMENT_TIMEOUT=1)
    with engine_of(app).connect() as reading:
        stock = text("SELECT stock FROM records WHERE slug = 'moanin'")
        assert reading.scalar(stock) == 4
        assert app.test_client().post(SALE, json=ANN).status_code == 201


def test_a_sale_of_nothing_is_refused_by_the_database(app):
    with app.app_context():
        db.session.add(Sale(record_slug="nothing", buyer="ann"))
        with pytest.raises(IntegrityError):
            db.session.commit()


def test_a_mistake_in_a_statement_as_each_database_calls_it(app, caplog):
    @app.get("/mistake")
    def mistake():
        db.session.execute(text("SELECT slug FROM nowhere"))

    app.logger.disabled = False
    # Of the two databases one calls it OperationalError, as it calls a lock.
    assert app.test_client().get("/mistake").status_code == (500 if POSTGRESQL else 503)
    assert POSTGRESQL or caplog.messages == ["the database: no such table: nowhere"]


def test_a_forked_process_starts_with_an_empty_pool(app):
    engine = engine_of(app)
    with Session(engine) as session:
        session.get(Record, "moanin")
    assert engine.pool.checkedin() == 1
    child = os.fork()
    if not child:
        os._exit(40 + engine.pool.checkedin())
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 40
    assert engine.pool.checkedin() == 1
    assert app.test_client().get("/records").status_code == 200


def test_after_a_rollback_and_a_commit(app):
    with app.app_context():
        record = db.session.get(Record, "milestones")
        record.stock = 0
        new = Record(slug="new", title="New", stock=9, artist_slug="miles-davis")
        db.session.add(new)
        db.session.flush()
        db.session.rollback()
        assert record.stock == 1 and new.stock == 9 and new not in db.session
        db.session.commit()
    with pytest.raises(Exception, match="is not bound to a Session; attribute refresh operation cannot proceed"):
        assert record.title
