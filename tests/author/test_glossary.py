"""Links to the glossary at the first use of its words."""

import pytest

from fake_checkout import notebook
from workbook import notebooks, pages, paths
from workbook.author import glossary
from workbook.notebooks import NotebookError

TEXT = """\
# Glossary

## app context

Also called *application context*. What Flask pushes ([chapter 2](../../notebooks/ch02_a.ipynb)).

## Cassandra session

Also called *session*. It executes statements ([chapter 9](../../notebooks/ch09_a.ipynb)).

## client

What asks ([chapter 1](../../notebooks/ch01_a.ipynb)).

## Flask session

Also called *session*, *`flask.session`*. What the app remembers ([chapter 8](../../notebooks/ch08_a.ipynb)).

## `g`

A place ([chapter 2](../../notebooks/ch02_a.ipynb) and [3](../../notebooks/ch03_a.ipynb)).

## `init_app`

A function ([chapter 3](../../notebooks/ch03_a.ipynb)).

## test client

What asks without a server ([chapter 2](../../notebooks/ch02_a.ipynb)).

## Working outside of application context

What `g` says ([chapter 2](../../notebooks/ch02_a.ipynb)).
"""


@pytest.fixture
def known(tmp_path):
    (tmp_path / "docs" / "book").mkdir(parents=True)
    (tmp_path / pages.GLOSSARY.path).write_text(TEXT)
    return glossary.terms(tmp_path)


def linked(known, *prose, stem="ch02_a"):
    cells = [cell if isinstance(cell, tuple) else ("markdown", cell, []) for cell in prose]
    made = notebook(cells)
    made["cells"] = glossary.link(stem, made, known)
    again = glossary.link(stem, made, known)
    assert [*map(notebooks.text, again)] == [*map(notebooks.text, made["cells"])]
    assert glossary.is_linked(stem, made, known)
    found = [notebooks.text(cell).replace("../docs/book/glossary.md", "") for cell in made["cells"]]
    return found[0] if len(found) == 1 else found


def test_what_an_entry_says(known):
    first = known[0]
    assert (first.name, first.spellings, first.chapters) == (
        "app context",
        ("app context", "application context"),
        ("ch02",),
    )
    assert [term.anchor for term in known][:3] == ["app-context", "Cassandra-session", "client"]
    assert known[4].chapters == ("ch02", "ch03") and known[4].anchor == "g"


@pytest.mark.parametrize(
    ("prose", "found"),
    [
        ("An app context, an app context.", "An [app context](#app-context), an app context."),
        ("Application contexts end.", "[Application contexts](#app-context) end."),
        ("Two app\ncontexts.", "Two [app\ncontexts](#app-context)."),
        ("A test client is a client.", "A [test client](#test-client) is a [client](#client)."),
        ("*client*, **app context**", "*[client](#client)*, **[app context](#app-context)**"),
        ("clientele, sub-client, client-side", "clientele, sub-client, client-side"),
        ("`g`, `g.conn`, g", "[`g`](#g), `g.conn`, g"),
        ("Call `db.init_app(app)`.", "Call [`db.init_app(app)`](#init_app)."),
        ("`init_application`, `my_init_app`", "`init_application`, `my_init_app`"),
        ("`client` is code", "`client` is code"),
        ("## A client\n\nOf the client.", "## A client\n\nOf the [client](#client)."),
        ("```\nclient\n```\nclient", "```\nclient\n```\n[client](#client)"),
        (
            "[a client](x.ipynb), ![client](y.svg), https://client.org",
            "[a client](x.ipynb), ![client](y.svg), https://client.org",
        ),
        (
            "`RuntimeError: Working outside of application context.`",
            "[`RuntimeError: Working outside of application context.`](#Working-outside-of-application-context)",
        ),
        ("| client | a |\n|---|---|", "| [client](#client) | a |\n|---|---|"),
    ],
)
def test_first_uses_are_linked(known, prose, found):
    assert linked(known, prose) == found


def test_a_word_of_two_terms_means_that_of_its_chapter(known):
    prose = "The session and `flask.session`."
    assert (
        linked(known, prose, stem="ch09_a")
        == "The [session](#Cassandra-session) and [`flask.session`](#Flask-session)."
    )
    assert linked(known, prose, stem="ch08_a") == "The [session](#Flask-session) and `flask.session`."
    assert linked(known, prose, stem="ch05_a") == "The session and [`flask.session`](#Flask-session)."


def test_the_main_path_comes_before_deeper_sections(known):
    found = linked(known, "# 2. A", "## Deeper: a", "A client of `g`.", "## B", ("code", "client = g", []), "A client.")
    assert found[2] == "A client of [`g`](#g)." and found[4:] == ["client = g", "A [client](#client)."]


def test_links_that_are_no_first_use_any_more_go(known):
    assert linked(known, "A client.", "A [client](../docs/book/glossary.md#client).") == [
        "A [client](#client).",
        "A client.",
    ]
    assert linked(known, "[gone](../docs/book/glossary.md#gone), [it](../docs/book/glossary.md)") == "gone, [it]()"


def test_the_foot_has_no_words(known):
    made = notebook([("markdown", "client", ["links"])])
    assert glossary.link("ch02_a", made, known) == made["cells"]


def test_an_entry_without_a_chapter_is_refused(tmp_path):
    (tmp_path / "docs" / "book").mkdir(parents=True)
    (tmp_path / pages.GLOSSARY.path).write_text("# Glossary\n\n## `g`\n\nA place.\n")
    with pytest.raises(NotebookError, match="docs/book/glossary.md: `g` does not name its chapter"):
        glossary.terms(tmp_path)


def test_the_words_of_this_book():
    text = (paths.ROOT / pages.GLOSSARY.path).read_text(encoding="utf-8")
    known = glossary.terms(paths.ROOT)
    assert len(known) == text.count("\n## ") > 80
    names = [term.name.strip("`").lower() for term in known]
    assert names == sorted(set(names))
    stems = {path.stem.partition("_")[0] for path in (paths.ROOT / "notebooks").glob("*.ipynb")}
    assert {chapter for term in known for chapter in term.chapters} <= stems
    for message in ("Working outside of application context", "Working outside of request context"):
        assert f"`RuntimeError: {message}.`" in text
    # An anchor that Lab, the book and GitHub agree on, but for capitals.
    assert all(term.anchor.replace("-", "").replace("_", "").isalnum() for term in known)


def test_words_with_two_meanings_are_words_of_the_glossary():
    spelled = {spelling for term in glossary.terms(paths.ROOT) for spelling in term.spellings}
    assert not glossary.COMMON - spelled
