"""The tables on MongoDB in docs/conformance.md: each line is true of the server that the workbook starts."""

import os
from pathlib import Path

import pytest
from bson import Int64, ObjectId
from pymongo import MongoClient
from pymongo.errors import OperationFailure

from workbook import databases
from workbook.drivers import mongodb

TEXT = Path(__file__).parents[2].joinpath("docs/conformance.md").read_text(encoding="utf-8")
PAGE = TEXT.partition("\n# MongoDB: ")[2].partition("\n# ")[0]

pytestmark = pytest.mark.skipif(
    bool(os.environ.get("MONGODB_URI")) or mongodb.package() != "secantus" or mongodb.mongod() is not None,
    reason="the tables are about SecantusDB",
)


@pytest.fixture(scope="module")
def client():
    with databases.mongodb("test_conformance").connect() as client:
        yield client


@pytest.fixture
def db(client):
    return client["test_conformance"]


def near(db):
    db.near.insert_many([{"place": [x, 0]} for x in (5, 1, 3)])
    return [found["place"][0] for found in db.near.find({"place": {"$near": [0, 0]}})] == [5, 1, 3]


def view(db):
    db.create_collection("view", viewOn="below", pipeline=[])
    return db.view.insert_one({"lost": True}).acknowledged and not db.below.count_documents({"lost": True})


def capped(db):
    numbers = [{"number": number} for number in range(5)]
    for name in ("many", "one"):
        db.create_collection(name, capped=True, size=4096, max=2)
    db.many.insert_many(numbers)
    for number in numbers:
        db.one.insert_one(number)
    return (db.many.count_documents({}), db.one.count_documents({})) == (5, 2)


def case(db):
    names = [f"{db.name}_A", f"{db.name}_a"]
    for name in names:
        db.client[name].records.insert_one({})
    found = set(names) <= set(db.client.list_database_names())
    for name in names:
        db.client.drop_database(name)
    return found


def repeated(db):
    """The number of a write is recognised, unless its maxTimeMS is another one."""

    def sent_twice(*limits):
        record = {"_id": ObjectId()}
        # A client of its own: its one session has used no number yet.
        with MongoClient(db.client.address[0], db.client.address[1], directConnection=True) as client:
            for limit in limits:
                write = {"insert": "repeated", "documents": [record], "txnNumber": Int64(1), **limit}
                reply = client[db.name].command(write)
        return "writeErrors" in reply

    return not sent_twice({}, {}) and sent_twice({"maxTimeMS": 4000}, {"maxTimeMS": 3000})


def refused(code, ask):
    def is_refused(db):
        with pytest.raises(OperationFailure) as caught:
            ask(db)
        return caught.value.code == code

    return is_refused


def function(db):
    body = {"body": "function() {}", "args": [], "lang": "js"}
    db.below.insert_one({})
    return list(db.below.aggregate([{"$project": {"x": {"$function": body}}}]))


LINES = {
    "| `$near` without an index |": [near],
    "| a write through a view |": [view],
    "| `insert_many` into a collection with `capped`, `max` |": [capped],
    "| two databases whose names differ by case |": [case],
    "| a write repeated with its number, by a driver with `timeoutMS` |": [repeated],
    "| `$text` and text indexes |": [refused(67, lambda db: db.below.create_index([("a", "text")]))],
    "| hashed indexes |": [refused(67, lambda db: db.below.create_index([("a", "hashed")]))],
    "| `$where`, `$function` |": [
        refused(6108304, lambda db: list(db.below.find({"$where": "1"}))),
        refused(31325, function),
    ],
}


@pytest.mark.parametrize("line", LINES)
def test_the_line_is_true(db, line):
    assert line in PAGE
    assert all(asked(db) for asked in LINES[line])


def test_there_are_no_other_lines():
    lines = [line for line in PAGE.splitlines() if line.startswith("| ") and not line.startswith("| asked")]
    assert len(lines) == len(LINES)


def test_it_is_a_replica_set_of_one(client):
    hello = client.admin.command("hello")
    assert hello["isWritablePrimary"] and len(hello["hosts"]) == 1


def test_transactions_and_change_streams(client, db):
    with client.start_session() as session, db.moves.watch(max_await_time_ms=1000) as changes:
        with session.start_transaction():
            db.moves.insert_one({"title": "Naima"}, session=session)
            assert db.moves.count_documents({}) == 0
            session.abort_transaction()
        assert db.moves.count_documents({}) == 0
        with session.start_transaction():
            db.moves.insert_one({"title": "Impressions"}, session=session)
        assert next(changes)["fullDocument"]["title"] == "Impressions"
