"""Checks of chapter 13: TODO."""

from workbook import NotYet, exercise


@exercise("TODO: a gentle hint.", "TODO: nearly the answer.")
def first(first):
    found = first()
    if found != "right":
        return NotYet(
            f"first() returned {found!r}",
            "TODO: what was expected",
            "TODO: the hint for this mistake in first.",
        )


@exercise("TODO: a gentle hint.", "TODO: nearly the answer.")
def second(second):
    found = second()
    if found != "right":
        return NotYet(
            f"second() returned {found!r}",
            "TODO: what was expected",
            "TODO: the hint for this mistake in second.",
        )
