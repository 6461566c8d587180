"""Figures that were recorded: timings differ from run to run, stored outputs may not.

A bench measures and writes; a notebook reads, and measures again here what it draws from it::

    # tests/bench.py
    recorded.write("ch10", "10,000 rows, median of 5 runs", ["flask"], [
        {"way": "a list", "first byte, ms": 1895, "memory, MB": 171},
        {"way": "a stream", "first byte, ms": 11, "memory, MB": 0.5},
    ])

    # the notebook
    recorded = Measured("ch10")
    recorded                           # the table, and with what it was measured
    recorded.bars("memory, MB")        # one column as a bar chart
    recorded["memory, MB"]             # {"a list": 171, "a stream": 0.5}

``docs/measured/ch10.json`` is the file between them. Its first column names the rows. Say beside
the table that it is recorded and which bench measures the reader's own.
"""

import html
import json
import platform
from importlib.metadata import version

from workbook.figures.bars import Bars
from workbook.figures.svg import WIDE
from workbook.figures.table import Table
from workbook.paths import RECORDED

UNITS = ["ms", "s", "kB", "MB", "%"]


def write(name, about, packages, rows, folder=RECORDED):
    """Record ``rows`` (dicts with the same keys) and with which versions they were measured."""
    versions = {"Python": platform.python_version()}
    versions |= {package: version(package) for package in packages}
    record = {"about": about, "versions": versions, "rows": rows}
    path = folder / f"{name}.json"
    path.write_text(json.dumps(record, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")


class Measured:
    """What a bench recorded in docs/measured/<name>.json: ``about``, ``versions``, ``rows``.

    Raises FileNotFoundError if it recorded nothing under that name.
    """

    def __init__(self, name, folder=RECORDED):
        record = json.loads((folder / f"{name}.json").read_text(encoding="utf-8"))
        self.about = record["about"]
        self.versions = record["versions"]
        self.rows = record["rows"]

    def __getitem__(self, column):
        """A column as a dict: the name of each row, its value. KeyError if there is none."""
        return {next(iter(row.values())): row[column] for row in self.rows}

    def bars(self, column, title=None):
        """One column as ``Bars``; its unit is what its name says beside a comma: "memory, MB"."""
        unit = next((part for part in column.split(", ") if part in UNITS), column)
        return Bars(title or self.about, unit, self[column].items())

    def _caption(self):
        tools = ", ".join(f"{tool} {number}" for tool, number in self.versions.items())
        return f"Recorded: {self.about}. {tools}."

    def _table(self):
        return Table(self.rows[0], [row.values() for row in self.rows])

    def __repr__(self):
        return f"{self._table()!r}\n{self._caption()}"

    def _repr_html_(self):
        caption = f'<p style="max-width: {WIDE}px">{html.escape(self._caption())}</p>'
        return f"{self._table()._repr_html_()}{caption}"
