"""What a real node answered to the probes, and how another server's answers compare."""

import json
import re

from . import document
from .ask import plain
from .probes import SECTIONS

GOLDEN = document.ROOT / "sandboxes/tests/golden"
# Asked of a server that wants a password, as cassandra with the password cassandra.
PASSWORD = ["auth"]
OPEN = [section for section in SECTIONS if section not in PASSWORD]


def questions():
    """``{id: probe}`` as JSON, of all probes."""
    return {
        f"{section}/{number}": {name: plain(value) for name, value in probe.items()}
        for section, probes in SECTIONS.items()
        for number, probe in enumerate(probes, 1)
    }


def load():
    """``(version, {id: (probe, answer)})`` as recorded."""
    (path,) = GOLDEN.glob("cassandra-*.json")
    golden = json.loads(path.read_text("utf-8"))
    return golden["cassandra"], {case["id"]: (case["probe"], case["answer"]) for case in golden["cases"]}


def save(version, answers):
    """Write the file of this version, one probe a line; there is one file only."""
    for path in GOLDEN.glob("cassandra-*.json"):
        path.unlink()
    cases = [
        json.dumps({"id": name, "probe": probe, "answer": answers[name]}, ensure_ascii=False)
        for name, probe in questions().items()
    ]
    text = f'{{"cassandra": "{version}", "cases": [\n' + ",\n".join(cases) + "\n]}\n"
    GOLDEN.joinpath(f"cassandra-{version}.json").write_text(text, "utf-8")


def comparable(answer):
    """An answer less the wording of its messages."""
    answer = {name: value for name, value in answer.items() if name != "message"}
    if "warnings" in answer:
        answer["warnings"] = len(answer["warnings"])
    return answer


def asked(probe):
    """A probe in one line, for people."""
    match probe:
        case {"do": "frames", "frames": sent}:
            return ", ".join(f"frame of v{frame[0]}, opcode {frame[1]:#04x} {frame[2]}".strip() for frame in sent)
        case {"do": "connect", "keyspace": keyspace, "options": options}:
            arguments = [repr(keyspace)] * bool(keyspace) + [f"{name}={value!r}" for name, value in options]
            return f"connect({', '.join(arguments)})"
        case {"cql": cql}:
            values = probe.get("values")
            values = f" with {json.dumps(values, ensure_ascii=False)}" if values else ""
            size = f" by pages of {probe['size']}" if "size" in probe else ""
            return f"{'prepare: ' if probe['do'] == 'prepare' else ''}{cql}{values}{size}"
    return probe["do"]


def brief(answer):
    """An answer in a few words; ``[sandbox]`` where the sandbox says that it has no such thing."""
    match answer:
        case {"error": error, "code": code, "message": message}:
            words = [code or "no code", answer.get("within", error)]
            return " ".join(words + ["[sandbox]"] * message.startswith("[sandbox]"))
        case {"pages": sizes}:
            return f"pages of {', '.join(map(str, sizes))}"
        case {"version": version}:
            return f"version {version}"
        case {"rows": rows}:
            return f"{len(rows)} row{'s' * (len(rows) != 1)}"
        case {"changed": changed}:
            return " ".join(changed)
        case {"frames": frames}:
            return ", ".join(frame if frame == "closed" else in_words(*frame) for frame in frames)
    return next(iter(answer))


def in_words(version, opcode, _, what):
    """One frame of an answer."""
    said = what if isinstance(what, str) else f"opcode {opcode:#04x}"
    if isinstance(what, dict):
        said = ", ".join(what["PROTOCOL_VERSIONS"] + what["COMPRESSION"])
    return f"{said} in v{version & 0x7F}"


def cell(text):
    """Text as code in a cell of the table."""
    fence = "``" if "`" in text else "`"
    return f"{fence}{text}{fence}".replace("|", r"\|").replace("\n", " ")


def row(name, probe, recorded, answer, why):
    """A line of the table in ``docs/conformance.md``."""
    cells = [name, cell(asked(probe)), brief(recorded), brief(answer), why]
    return f"| {' | '.join(cells)} |"


def explained():
    """``{id: line}`` of the table in ``docs/conformance.md``."""
    lines = document.written("Cassandra").splitlines()
    return {match[1]: line for line in lines if (match := re.match(r"\| ([a-z]+/\d+) \|", line))}


def reason(line):
    """Why a line of the table says that an answer differs."""
    return re.split(r"(?<!\\)\|", line)[-2].strip()


def differing(answers):
    """The lines of the table that these answers make, with the reasons that stand there now."""
    reasons = {name: reason(line) for name, line in explained().items()}
    return [
        row(name, probe, recorded, answers[name], reasons.get(name, ""))
        for name, (probe, recorded) in load()[1].items()
        if comparable(answers[name]) != comparable(recorded)
    ]


def figures(answers):
    """How many were asked, are the same, refused by name, different."""
    lines = differing(answers)
    refused = sum("[sandbox]" in re.split(r"(?<!\\)\|", line)[-3] for line in lines)  # what the sandbox answers
    return len(answers), len(answers) - len(lines), refused, len(lines) - refused


def table(answers):
    """The generated part of the document."""
    counts = " | ".join(f"{figure:,}" for figure in figures(answers))
    head = ["| asked | same | refused | different |", "|---|---|---|---|", f"| {counts} |", ""]
    return "\n".join(
        [*head, "| probe | asked | Cassandra | sandbox | why |", "|---|---|---|---|---|", *differing(answers)]
    )


def claim(answers):
    return document.claim(f"Cassandra {load()[0]}", *figures(answers))
