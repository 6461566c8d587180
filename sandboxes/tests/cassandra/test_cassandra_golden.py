"""What a real Cassandra answered to the probes of ``sandboxes/conformance``, asked of the sandbox.

Each answer is the same, or a line of the table in ``docs/conformance.md`` says why it is not.
"""

import re

import pytest
from cassandra.auth import PlainTextAuthProvider

import sandboxes
from conformance import ask, golden

VERSION, CASES = golden.load()
EXPLAINED = golden.explained()
NUMBERS = re.compile(r"([\d,]+) probes, ([\d,]+) answered alike, ([\d,]+) not")


def answers_of(sections, *arguments, **options):
    with sandboxes.start("cassandra", *arguments) as sandbox:
        return ask.ask_all(sandbox.host, sandbox.port, sections, **options)


@pytest.fixture(scope="module")
def answers():
    login = PlainTextAuthProvider("cassandra", "cassandra")
    password = "--user", "cassandra", "--password", "cassandra"
    return answers_of(golden.PASSWORD, *password, auth_provider=login) | answers_of(golden.OPEN)


def test_the_file_has_the_answers_to_these_probes():
    assert {name: probe for name, (probe, _) in CASES.items()} == golden.questions(), "record again"


@pytest.mark.parametrize("name", CASES)
def test_answer(answers, name):
    probe, recorded = CASES[name]
    alike = golden.comparable(answers[name]) == golden.comparable(recorded)
    if name not in EXPLAINED:
        assert golden.comparable(answers[name]) == golden.comparable(recorded), golden.asked(probe)
        return
    assert not alike, f"{golden.asked(probe)} is answered alike now: take it out of {golden.TABLE.name}"
    *_, why, _ = re.split(r"(?<!\\)\|", EXPLAINED[name])
    assert why.strip(), f"{name} is not explained"
    assert EXPLAINED[name] == golden.row(name, probe, recorded, answers[name], why.strip())


def test_the_table_has_no_line_too_many():
    assert not EXPLAINED.keys() - CASES.keys()


def test_the_document_has_the_figures():
    found = NUMBERS.search(golden.TABLE.read_text("utf-8"))
    figures = len(CASES), len(CASES) - len(EXPLAINED), len(EXPLAINED)
    assert found and found.groups() == tuple(f"{figure:,}" for figure in figures)
    assert f"Cassandra {VERSION}" in golden.TABLE.read_text("utf-8")
