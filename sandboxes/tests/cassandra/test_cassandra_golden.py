"""What a real Cassandra answered to the probes of ``sandboxes/conformance``, asked of the sandbox.

Each answer is the same, or a line of the table in ``docs/conformance.md`` says why it is not.
"""

import re
from concurrent.futures import ThreadPoolExecutor

import pytest
from cassandra.auth import PlainTextAuthProvider
from cql_server import start

from conformance import ask, golden
from conformance.probes import SECTIONS

VERSION, CASES = golden.load()
EXPLAINED = golden.explained()
NUMBERS = re.compile(
    r"([\d,]+) probes, ([\d,]+) answered alike, ([\d,]+) not:\s+([\d,]+) are refused by name, ([\d,]+)"
)


# Sections in which a time to live runs out: the others are asked meanwhile.
WAITING = [section for section, probes in SECTIONS.items() if any(probe["do"] == "wait" for probe in probes)]


def answers_of(sections, *arguments, **options):
    with start(*arguments) as sandbox:
        return ask.ask_all(sandbox.host, sandbox.port, sections, **options)


@pytest.fixture(scope="module")
def answers():
    login = PlainTextAuthProvider("cassandra", "cassandra")
    password = "--user", "cassandra", "--password", "cassandra"
    others = [section for section in golden.OPEN if section not in WAITING]
    with ThreadPoolExecutor() as threads:
        waiting = [threads.submit(answers_of, [section]) for section in WAITING]
        found = answers_of(golden.PASSWORD, *password, auth_provider=login) | answers_of(others)
        for future in waiting:
            found |= future.result()
    return found


def test_the_file_has_the_answers_to_these_probes():
    assert {name: probe for name, (probe, _) in CASES.items()} == golden.questions(), "record again"


def difference(name, answer):
    """What is wrong with the answer to this probe, or with its line of the table; None where nothing is."""
    probe, recorded = CASES[name]
    found, expected = golden.comparable(answer), golden.comparable(recorded)
    if name not in EXPLAINED:
        return None if found == expected else f"{name}, {golden.asked(probe)}: {found}, not {expected}"
    if found == expected:
        return f"{name}, {golden.asked(probe)} is answered alike now: take it out of {golden.TABLE.name}"
    *_, why, _ = re.split(r"(?<!\\)\|", EXPLAINED[name])
    if not why.strip():
        return f"{name} is not explained"
    line = golden.row(name, probe, recorded, answer, why.strip())
    return None if line == EXPLAINED[name] else f"the table says {EXPLAINED[name]}, not {line}"


# A test for each section: one for each of the 1,840 probes took longer to collect than to run.
@pytest.mark.parametrize("section", SECTIONS)
def test_answers(answers, section):
    names = [name for name in CASES if name.startswith(f"{section}/")]
    assert names
    differences = [found for name in names if (found := difference(name, answers[name]))]
    assert not differences, "\n".join(differences)


def test_the_table_has_no_line_too_many():
    assert not EXPLAINED.keys() - CASES.keys()


def test_the_document_has_the_figures():
    found = NUMBERS.search(golden.TABLE.read_text("utf-8"))
    # The column before the reason is what the sandbox answers.
    refused = sum("[sandbox]" in re.split(r"(?<!\\)\|", line)[-3] for line in EXPLAINED.values())
    figures = len(CASES), len(CASES) - len(EXPLAINED), len(EXPLAINED), refused, len(EXPLAINED) - refused
    assert found and found.groups() == tuple(f"{figure:,}" for figure in figures)
    assert f"Cassandra {VERSION}" in golden.TABLE.read_text("utf-8")
