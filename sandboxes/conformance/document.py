"""``python -m conformance.document``: ask both sandboxes, write what differs into docs/conformance.md and the README.

The reasons are yours: those of Cassandra stand in its table and stay there, those of RethinkDB in ``reql.REASONS``.
"""

import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
DOCUMENT, README = ROOT / "docs/conformance.md", ROOT / "sandboxes/README.md"


def ends(server):
    return f"<!-- {server}: made by conformance.document -->", f"<!-- {server}: end -->"


def written(server):
    """The part about ``"Cassandra"`` or ``"RethinkDB"``, as the document has it."""
    start, end = ends(server)
    return DOCUMENT.read_text("utf-8").partition(start)[2].partition(end)[0].strip()


def write(server, text):
    start, end = ends(server)
    before, _, rest = DOCUMENT.read_text("utf-8").partition(start)
    DOCUMENT.write_text(f"{before}{start}\n\n{text}\n\n{end}{rest.partition(end)[2]}", "utf-8")


def claim(release, *figures):
    """A server's line in the README: asked, same, refused, different."""
    return f"| {release} | {' | '.join(f'{figure:,}' for figure in figures)} |"


def write_claim(line):
    begin = re.escape(line[: line.index("|", 1) + 1])
    README.write_text(re.sub(rf"^{begin}.*$", line, README.read_text("utf-8"), flags=re.M), "utf-8")


def main():
    from . import golden, reql
    from .sandbox import cassandra_answers, rethinkdb_results

    for server, module, found in (
        ("Cassandra", golden, cassandra_answers()),
        ("RethinkDB", reql, rethinkdb_results()),
    ):
        write(server, module.table(found))
        write_claim(module.claim(found))


if __name__ == "__main__":
    main()
