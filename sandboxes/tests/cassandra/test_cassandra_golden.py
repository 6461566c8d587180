"""What a real Cassandra answered to the probes of ``sandboxes/conformance``, asked of the sandbox.

Each answer is the same, or a line of the table in ``docs/conformance.md`` says why it is not.
"""

import pytest
from cql_server import start

from conformance import document, golden
from conformance.probes import SECTIONS
from conformance.sandbox import cassandra_answers

VERSION, CASES = golden.load()
EXPLAINED = golden.explained()


@pytest.fixture(scope="module")
def answers():
    return cassandra_answers(start)


def test_the_file_has_the_answers_to_these_probes():
    assert {name: probe for name, (probe, _) in CASES.items()} == golden.questions(), "record again"


# A test for each section: one for each of the probes took longer to collect than to run.
@pytest.mark.parametrize("section", SECTIONS)
def test_answers(answers, section):
    names = [name for name in CASES if name.startswith(f"{section}/")]
    assert names
    differences = [
        f"{name}, {golden.asked(CASES[name][0])}: {answers[name]}, not {CASES[name][1]}"
        for name in names
        if name not in EXPLAINED and golden.comparable(answers[name]) != golden.comparable(CASES[name][1])
    ]
    assert not differences, "\n".join(differences)


def test_every_line_of_the_table_has_a_reason():
    assert EXPLAINED
    assert [line for line in EXPLAINED.values() if not golden.reason(line)] == []


def test_the_table_and_the_claim_are_those_that_these_answers_make(answers):
    hint = "in sandboxes/: python -m conformance.document"
    assert document.written("Cassandra") == golden.table(answers), hint
    assert golden.claim(answers) in document.README.read_text("utf-8").splitlines(), hint
    assert f"Cassandra {VERSION}," in document.DOCUMENT.read_text("utf-8")
