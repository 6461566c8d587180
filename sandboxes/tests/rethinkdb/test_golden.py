"""What a real RethinkDB 2.4.4 answered to 206 queries, replayed in order."""

import datetime
import json
import re
from pathlib import Path

import pytest
from rethinkdb import ast, r
from rethinkdb.errors import ReqlError
from rethinkdb.net import DefaultCursor

CASES = json.loads(Path(__file__).parents[1].joinpath("golden/rethinkdb-2.4.4.json").read_text("utf-8"))
UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[45][0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}")


def plain(value):
    """The value as JSON has it, uuids masked."""
    if isinstance(value, bytes):
        return repr(bytes(value))
    if isinstance(value, datetime.datetime):
        return value.isoformat()
    if isinstance(value, str):
        return "<uuid>" if UUID.fullmatch(value) else value
    if isinstance(value, dict):
        return {str(name): plain(item) for name, item in value.items()}
    return [plain(item) for item in value] if isinstance(value, list) else value


def answer(conn, reql):
    """``(kind, value)`` as the file has them."""
    try:
        value = eval(reql, {"r": r, "datetime": datetime})
        value = value.run(conn)
        kind = "cursor" if isinstance(value, DefaultCursor) else type(value).__name__
        value = plain(list(value) if kind == "cursor" else value)
    except ReqlError as error:
        return f"!{type(error).__name__}", str(error)
    unordered = (kind == "cursor" and "order_by" not in reql) or "index_wait" in reql
    if unordered:
        value.sort(key=lambda item: json.dumps(item, sort_keys=True))
    return "number" if kind in ("int", "float") else kind, value


@pytest.fixture(scope="module")
def answers(server):
    """All answers. The driver numbers the variables of functions, so its counter is set as it was."""
    before, ast.Func.nextVarId = ast.Func.nextVarId, 1
    conn = r.connect(port=server.port)
    r.db_create("d").run(conn)
    conn.use("d")
    result = {}
    for case in CASES:
        numbered = re.search(r"\bvar_(\d+)", str(case["value"]))
        if numbered:
            ast.Func.nextVarId = int(numbered[1])
        result[case["n"]] = answer(conn, case["reql"])
    r.db_drop("d").run(conn)
    conn.close()
    ast.Func.nextVarId = before
    return result


def test_the_file_is_complete():
    assert len(CASES) == 206


@pytest.mark.parametrize("case", CASES, ids=lambda case: str(case["n"]))
def test_answer(answers, case):
    assert answers[case["n"]] == (case["kind"], case["value"]), case["reql"]
