"""What a learner predicts: noted in one cell, shown by the next one above what happens."""

import re
import reprlib
import sys

from workbook.exercises.cards import Note

LENGTH = 500  # characters of one answer that are shown
EMPTY = ("", "...")
CALL = re.compile(r"\s*predict\(")

SHORT = reprlib.Repr()
SHORT.maxlist = SHORT.maxtuple = SHORT.maxset = SHORT.maxdict = 20
SHORT.maxstring = SHORT.maxother = LENGTH

_noted = None  # the Note that the next cell shows


def predict(*answers, **named):
    """Note a prediction: the next cell that runs shows it, once, above its output.

    An answer is any value or a text; ``...`` and ``"..."`` stand for one still to be given.
    Returns a Note, or None where nothing is predicted; never raises. Outside of a notebook
    there is no next cell, and nothing is shown.
    """
    global _noted
    if all(map(_is_empty, [*answers, *named.values()])):
        return None
    lines = [f"{name}: {_words(answer)}" for name, answer in named.items()]
    if answers:
        lines.insert(0, ", ".join(map(_words, answers)))
    shell = _shell()
    if shell:
        _noted = Note("You predicted", "\n".join(lines))
        shell.events.register("pre_run_cell", _show)  # a second time changes nothing
    return Note("Noted", "Now run the next cell: it shows this above what happens.")


def _show(info):
    """Show what is noted, above the output of the cell that is about to run."""
    global _noted
    if not info.store_history:
        return  # no cell of the notebook: VS Code and extensions of Lab ask the kernel for themselves
    note, _noted = _noted, None
    # A prediction that is changed, or that is never looked at, is not what the next one is about.
    if note and not CALL.match(info.raw_cell):
        from IPython.display import display

        display(note)


def _shell():
    """IPython's shell, or None; without importing IPython where nobody has."""
    ipython = sys.modules.get("IPython")
    return ipython and ipython.get_ipython()


def _is_empty(answer):
    # By type: what a LocalProxy stands for may not be there to be compared.
    return answer is ... or (type(answer) is str and answer.strip() in EMPTY)


def _words(answer):
    """An answer as short text; a text without quotes."""
    if answer is ...:
        return "..."
    try:
        text = answer if type(answer) is str else SHORT.repr(answer)
    except Exception:  # an int of 5,000 digits has no repr
        text = f"one {type(answer).__name__}"
    return text if len(text) <= LENGTH else text[:LENGTH] + "..."
