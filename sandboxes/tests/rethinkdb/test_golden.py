"""What a real RethinkDB 2.4.4 answered and did in feeds, asked again; docs/conformance.md has what differs."""

from functools import partial

import pytest
from rethinkdb import r

from conformance import document, reql


@pytest.fixture(scope="module")
def results(server):
    return reql.ask_all(partial(r.connect, port=server.port))


def test_the_files_are_complete(results):
    counts = {name: sum(result.name.startswith(name) for result in results) for name in reql.FILES}
    assert counts == {"first": 206, "more": 105, "feeds": 40}


def test_every_answer_is_the_recorded_one_or_is_listed(results):
    differing = {result.name: result for result in results if result.verdict != "same"}
    assert set(differing) == set(reql.REASONS), [differing.get(name) for name in set(differing) ^ set(reql.REASONS)]
    assert {result.verdict for result in differing.values()} == {"refused"}


def test_the_table_and_the_claim_are_those_that_these_answers_make(results):
    hint = "in sandboxes/: python -m conformance.document"
    assert document.written("RethinkDB") == reql.table(results), hint
    assert reql.claim(results) in document.README.read_text("utf-8").splitlines(), hint
