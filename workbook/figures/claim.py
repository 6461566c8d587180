"""A claim that is compared, and the reader's own figures beside it, which are not.

A time, a rate, a size is another one on every machine and in every run. What has to be the same is
what is drawn from it: a cell compares, and says so in words::

    Claim("the eighth visitor waits about as long as the first", last <= 1.2 * first,
          seconds={"first": first, "last": last})

nbval compares everything that a cell shows. So the words, the names, the units and the verdict are
the same everywhere, in text and in HTML, and only the figures themselves, in HTML, stand in a
``<span class="own">``: that mark, and nothing else, tests/own_figures.cfg takes out before the
comparison. A claim that does not hold says so, with its figures, in its text: then nbval is red.
What is the same on every machine (a count, a status) needs no claim: show it in a Table.
"""

import html
import numbers
import re

OWN = re.compile(r'<span class="own">[^<]*</span>')  # a figure; what nbval does not compare
STYLE = "max-width: 640px; padding: 0.2em 0.8em; border-left: 4px solid"
HOLDS = {True: "Holds", False: "Does NOT hold here"}
COLOURS = {True: "var(--jp-success-color1, #388e3c)", False: "var(--jp-error-color1, #d32f2f)"}


class Claim:
    """``words``, which hold or do not, and the ``figures`` that were compared for it.

    ``figures`` are named by their unit, ``seconds=0.5`` or ``seconds={"first": 0.5, "last": 0.6}``; an
    underscore stands for a space: ``rows_a_second``. Raises TypeError if ``holds`` is not True or False,
    ValueError without a figure.
    """

    def __init__(self, words, holds, /, **figures):
        if not isinstance(holds, bool):
            raise TypeError(f"a claim holds or does not: True or False, not {holds!r}")
        if not figures or {} in figures.values():
            raise ValueError(f'show the figures that "{words}" was drawn from: seconds={{"first": ...}}')
        self.words = words
        self.holds = holds
        self.figures = {
            unit.replace("_", " "): found if isinstance(found, dict) else {"": found} for unit, found in figures.items()
        }

    def __repr__(self):
        lines = (f"  {unit}: {_row(found, _short)}" for unit, found in self.figures.items())
        return "\n".join([self._verdict(), *lines])

    def _repr_mimebundle_(self, include=None, exclude=None):
        return {"text/plain": self._verdict() if self.holds else repr(self), "text/html": self._html()}

    def _verdict(self):
        return f"{HOLDS[self.holds]}: {self.words}"

    def _html(self):
        rows = "".join(
            f'<div style="opacity: 0.85">{html.escape(unit)}: {_row(_escaped(found), _marked)}</div>'
            for unit, found in self.figures.items()
        )
        verdict, words = map(html.escape, self._verdict().split(": ", 1))
        return (
            f'<div role="group" aria-label="Claim" style="{STYLE} {COLOURS[self.holds]}">'
            f"<div><strong>{verdict}:</strong> {words}</div>{rows}</div>"
        )


def _row(found, shown):
    return ", ".join(f"{name} {shown(value)}".strip() for name, value in found.items())


def _escaped(found):
    return {html.escape(name): value for name, value in found.items()}


def _marked(value):
    return f'<span class="own">{html.escape(_short(value))}</span>'


def _short(value):
    """A figure as text: three digits of what is measured, all of what is counted."""
    if isinstance(value, numbers.Integral) or not isinstance(value, numbers.Real):
        return f"{value:,}" if isinstance(value, numbers.Integral) else str(value)
    value = float(value)
    return f"{value:,.0f}" if abs(value) >= 100 else f"{value:.3g}"
