"""Whether a chapter has the shape of one: a main path that fits, the rest folded and never missed."""

import ast
import re
import symtable

from workbook.author.minutes import LONG_WAIT, in_words, loads
from workbook.author.parts import FOLDED, HEADING, is_prediction, levels
from workbook.notebooks import tags, text

MOST = {"words": 1600, "cells": 45, "minutes": 40}  # of a main path; words of prose, code cells
ANNOUNCED = re.compile(r"takes? (?:about|up to) (\d+) seconds", re.I)


def findings(notebook):
    """What the shape of a chapter lacks: sentences that say what to do, [] if nothing."""
    counted = loads(notebook)
    return [*_sizes(counted), *_folds(counted), *_names(counted), *_cells(notebook)]


def _sizes(counted):
    main, load = counted[0]
    for what, most in MOST.items():
        found = getattr(load, what)
        if found > most:
            yield f"the main path has {found:.0f} {what}, at most {most}: move some of it into Deeper sections"
    for part, load in counted:
        where = f"'Deeper: {part.title}'" if part is not main else "the main path"
        if part.minutes is None or not load.fits(part.minutes):
            said = "nothing" if part.minutes is None else f"{part.minutes}"
            yield f"{where} takes {in_words(load.minutes)} and says {said}: run `workbook author minutes --write`"


def _folds(counted):
    main = counted[0][0].cells
    for part, _ in counted[1:]:
        number, cell = part.heading
        if not cell["metadata"].get(FOLDED):
            yield f"cell {number}: 'Deeper: {part.title}' is not folded: run `workbook author minutes --write`"
        after = [(n, other) for n, other in main if n > part.cells[-1][0]]
        if not after:
            yield f"'Deeper: {part.title}' ends the chapter, so that the links at its foot are folded: move it up"
        elif not HEADING.match(text(after[0][1])):
            yield f"cell {after[0][0]}: begin a cell with the heading that ends 'Deeper: {part.title}'"
        if len(levels(cell)) > 1:
            yield f"cell {number}: give the headings below 'Deeper: {part.title}' cells of their own"


def _names(counted):
    """What the main path takes from a Deeper section that a reader may have left out."""
    origin = {id(cell): part for part, _ in counted for _, cell in part.cells}
    main = counted[0][0]
    bound, taken = set(), {}  # by the main path; name -> the Deeper section that bound it last
    for number, cell in sorted(pair for part, _ in counted for pair in part.cells):
        if cell["cell_type"] != "code":
            continue
        part = origin[id(cell)]
        for uses, binds in _statements(text(cell)):
            if part is main:
                for name in sorted(uses & taken.keys()):
                    how = "changed" if name in bound else "made"
                    yield f"cell {number} uses {name!r}, which is {how} in 'Deeper: {taken[name]}': make it here"
                bound |= binds
                taken = {name: title for name, title in taken.items() if name not in uses | binds}
            else:
                taken |= dict.fromkeys(binds, part.title)


def _statements(source):
    """(names that it uses, names that it binds) of each statement of a cell, in order; sets."""
    try:
        tree = ast.parse(source)
    except SyntaxError:  # a cell about an error of this kind
        return
    for node in tree.body:
        table = symtable.symtable(ast.unparse(node), "cell", "exec")
        symbols = table.get_symbols()
        binds = {s.get_name() for s in symbols if s.is_assigned() or s.is_imported() or s.is_namespace()}
        binds |= {s.get_name() for inner in _inner(table) for s in inner.get_symbols() if s.is_declared_global()}
        uses = {s.get_name() for s in symbols if s.is_referenced()}
        uses |= {s.get_name() for inner in _inner(table) for s in inner.get_symbols() if s.is_global()}
        if isinstance(node, ast.AugAssign) and isinstance(node.target, ast.Name):
            uses.add(node.target.id)
        elif not isinstance(node, ast.Assign):
            uses -= binds  # a loop's variable, a function that calls itself
        yield uses, binds


def _inner(table):
    for child in table.get_children():
        yield child
        yield from _inner(child)


def _cells(notebook):
    """What single cells must not be."""
    seconds = notebook["metadata"].get("workbook", {}).get("seconds")
    if seconds is None:
        yield "it is not known how long its cells take: run `workbook author outputs` with its name"
    said = ""  # since the last cell that was run
    for number, cell in enumerate(notebook["cells"]):
        if cell["cell_type"] != "code":
            said += f"{text(cell)}\n"
            continue
        if "raises-exception" in tags(cell):
            yield f"cell {number} is tagged raises-exception: catch what it raises, and print it"
        if _is_bare(cell):
            yield f"cell {number} shows a bare value: say what it is, in a Claim, a Table or an f-string"
        takes = (seconds or {}).get(cell.get("id"), 0)
        announced = ANNOUNCED.search(said + text(cell))
        if takes >= LONG_WAIT and not announced:
            yield f"cell {number} takes {takes} seconds: write 'takes about {takes} seconds' before it"
        elif takes >= LONG_WAIT and not takes / 2 <= int(announced[1]) <= 2 * takes:
            yield f"cell {number} takes {takes} seconds: it is said that it {announced[0]}"
        if not is_prediction(cell):
            said = ""


def _is_bare(cell):
    """Whether all that a cell shows is True or False, or a tuple: nobody knows of what."""
    if [set(output.get("data", {})) for output in cell["outputs"]] != [{"text/plain"}]:
        return False
    tree = ast.parse(text(cell))
    last = getattr(tree.body[-1], "value", None) if tree.body else None
    try:
        value = ast.literal_eval("".join(cell["outputs"][0]["data"]["text/plain"]))
    except (ValueError, SyntaxError):
        value = None
    return isinstance(last, ast.Tuple) or isinstance(value, bool | tuple)
