"""What a learner is shown beside an exercise: the verdict of a check, a hint, a solution."""

import dataclasses
import html

from workbook import learner, pages, paths

GRID = (
    "display: grid; grid-template-columns: max-content 1fr; gap: 0.2em 1em; margin: 0.4em 0 0"
)
COLOURS = {"done": "var(--jp-success-color1, #388e3c)", "not yet": "var(--jp-warn-color1, #f57c00)"}


@dataclasses.dataclass(frozen=True)
class Card:
    """What ``check`` found. ``outcome`` is "not attempted", "not yet" or "done".

    ``broken`` is True where the check, not the answer, is at fault. What is done has a ``why``,
    and a ``next``: the heading of the next exercise, or the Page to go on with.
    """

    stem: str
    name: str
    outcome: str
    saw: str = ""
    expected: str = ""
    hint: str = ""
    more: str = ""
    why: str = ""
    next: object = ""
    note: str = ""
    broken: bool = False

    def _rows(self):
        labels = ["saw", "expected", "hint", "more", "why", "next", "note"]
        return [(label, getattr(self, label)) for label in labels if getattr(self, label)]

    def __repr__(self):
        lines = [f"{self.name}: {self.outcome}"]
        for label, text in self._rows():
            first, *others = getattr(text, "label", text).splitlines()
            lines += [f"  {label:9} {first}", *(f"  {'':9} {line}".rstrip() for line in others)]
        return "\n".join(lines)

    def _repr_html_(self):
        rows = "".join(_row(label, text) for label, text in self._rows())
        rows = f'<dl style="{GRID}">{rows}</dl>' if rows else ""
        return _box(f"{self.name}: {self.outcome}", rows, COLOURS.get(self.outcome))


@dataclasses.dataclass(frozen=True)
class Note:
    """A hint or a solution, to be shown."""

    heading: str
    text: str

    def __repr__(self):
        return f"{self.heading}\n{self.text}"

    def _repr_html_(self):
        text = html.escape(self.text)
        return _box(self.heading, f'<pre style="white-space: pre-wrap">{text}</pre>')


def _row(label, text):
    link = isinstance(text, pages.Page)
    shown = learner.Links(paths.ROOT).to(text) if link else pages.inline(text)
    return (
        f'<dt style="font-weight: bold">{label}</dt>'
        f'<dd style="margin: 0; white-space: pre-wrap">{shown}</dd>'
    )


def _box(heading, inner, colour=None):
    edge = colour or "var(--jp-border-color1, #999)"
    return (
        f'<div role="group" aria-label="{html.escape(heading)}" style="border: 1px solid '
        f"var(--jp-border-color2, #bbb); border-left: 6px solid {edge}; padding: 0.5em 1em; "
        f'max-width: 50em"><strong>{html.escape(heading)}</strong>{inner}</div>'
    )
