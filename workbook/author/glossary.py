"""Links to the glossary, where a chapter first uses one of its terms.

A chapter is read by its main path, so a term is linked at its first use there; a term that only
Deeper sections use, at the first of those. Links are made anew each time: none is written by hand.
"""

import os
import re
from dataclasses import dataclass

from workbook import pages
from workbook.author.parts import FENCED, parts
from workbook.notebooks import NotebookError, text

ENTRY = re.compile(r"^## (?P<name>.+)\n\n(?:Also called (?P<also>.*?)\. )?(?P<sentence>.+)$", re.M)
CHAPTERS = re.compile(r"notebooks/(ch\d\d|capstone)_")
# In other chapters than those of their entry these words mean something else.
COMMON = {"session", "`session`", "view", "factory", "registry", "borrower", "streamed", "wire", "proxy", "signal"}
# What is never linked: code blocks, headings, links and pictures, markup.
SKIPPED = rf"{FENCED.pattern}|^#+ [^\n]*$|!?\[[^\]]*\]\([^)]*\)|<[^>]+>|https?://\S+"
CODE = r"`+[^`]+`+"


@dataclass(frozen=True)
class Term:
    """An entry: its ``name``, all its ``spellings``, code with its backticks, the chapters that explain it ("ch04")."""

    name: str
    spellings: tuple
    chapters: tuple

    @property
    def anchor(self):
        """As JupyterLab makes one of a heading; the book's is the same in small letters."""
        return self.name.replace("`", "").replace(" ", "-")


def terms(root):
    """The Terms of the glossary in its order; raises NotebookError if an entry names no chapter."""
    path = root / pages.GLOSSARY.path
    found = []
    for entry in ENTRY.finditer(path.read_text(encoding="utf-8") if path.exists() else ""):
        also = re.findall(r"\*([^*]+)\*", entry["also"] or "")
        chapters = CHAPTERS.findall(entry["sentence"])
        if not chapters:
            raise NotebookError(f"{pages.GLOSSARY.path}: {entry['name']} does not name its chapter")
        found.append(Term(entry["name"], (entry["name"], *also), tuple(chapters)))
    return found


def is_linked(stem, notebook, known):
    """Whether a chapter has the links that ``link`` would give it, and no others."""
    return list(map(text, link(stem, notebook, known))) == list(map(text, notebook["cells"]))


def link(stem, notebook, known):
    """A chapter's cells with links to the Terms ``known`` at their first uses; a list of nbformat cells."""
    meant = _meant(stem, known)
    target = os.path.relpath(pages.GLOSSARY.path, "notebooks").replace(os.sep, "/")
    ours = re.compile(rf"\[([^\[\]]*)\]\({re.escape(target)}#[^)]*\)")
    linked, changed = set(), {}
    for part in parts(notebook):
        for number, cell in part.cells:
            if cell["cell_type"] == "markdown":
                changed[number] = _linked(ours.sub(r"\1", text(cell)), meant, target, linked)
    cells = enumerate(notebook["cells"])
    return [cell | {"source": changed[number]} if number in changed else cell for number, cell in cells]


def _meant(stem, known):
    """{spelling, in small letters unless it is code: the Term that a chapter means by it}."""
    meant, mark = {}, stem.partition("_")[0]
    # Last the terms of this chapter: where two share a spelling, it means its own.
    for term in sorted(known, key=lambda term: mark in term.chapters):
        for spelling in term.spellings:
            if spelling not in COMMON or mark in term.chapters:
                meant[spelling if "`" in spelling else spelling.lower()] = term
    return meant


def _linked(prose, meant, target, linked):
    """``prose`` with links for the Terms that are not yet in the set ``linked``, which grows."""
    words = sorted((word for word in meant if "`" not in word), key=len, reverse=True)
    plain = "|".join(re.escape(word).replace(r"\ ", r"\s+") + "(?:e?s)?" for word in words)
    pattern = rf"(?P<skipped>{SKIPPED})|(?P<code>{CODE})"
    pattern += rf"|(?<![\w-])(?P<word>{plain})(?![\w-])" if plain else ""

    def replace(match):
        term = None
        if match["code"]:
            term = _of_code(match["code"], meant)
        elif match.groupdict().get("word"):
            term = _of_word(match["word"], meant)
        if term is None or term in linked:
            return match[0]
        linked.add(term)
        return f"[{match[0]}]({target}#{term.anchor})"

    return re.sub(pattern, replace, prose, flags=re.M | re.I | re.S)


def _of_word(said, meant):
    word = " ".join(said.lower().split())
    return next((meant[one] for one in (word, word.removesuffix("s"), word.removesuffix("es")) if one in meant), None)


def _of_code(said, meant):
    """The Term that a piece of code names: `g`, `init_app()`, `@app.before_request`, an error message."""
    said = said.strip("`")
    named = re.fullmatch(r"@?(?:\w+\.)*?(\w+(?:\.\w+)*)(?:\(.*\))?", said, re.S)
    called = [f"`{said}`"] + ([f"`{named[1]}`", f"`{named[1].rpartition('.')[2]}`"] if named else [])
    message = said.removeprefix("RuntimeError: ").rstrip(".").lower()
    return next((meant[one] for one in [*called, message] if one in meant and (one != message or " " in one)), None)
