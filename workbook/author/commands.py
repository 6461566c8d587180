"""The commands of those who write chapters: ``workbook author COMMAND``."""

import sys
from time import perf_counter

import click

from workbook.commands import Commands

# Each command imports what it needs, when it is called.


def known_stems(context, parameter, stems):
    """The stems, or a usage error that lists the ones there are."""
    from workbook.author import gaps

    there = gaps.chapters()
    for stem in stems:
        if stem not in there:
            new = f"`workbook author new {stem}` lays out a new one."
            raise click.BadParameter(f"there is no {stem!r}. There are: {', '.join(there)}. {new}", context, parameter)
    return stems


some_stems = click.argument("stems", metavar="[STEM]...", nargs=-1, callback=known_stems)


@click.group(cls=Commands)
def author():
    """For those who write chapters: new, check, minutes, links, outputs, starters."""


@author.command()
@click.argument("stem")
def new(stem):
    """Lay out a new chapter in every room.

    STEM is its number and its name, such as ch14_caching. TODO stands where you are to write.
    """
    from workbook.author.new import lay_out

    click.echo("\n".join(lay_out(stem)))
    then = [f"`workbook author {command} {stem}`" for command in ("outputs", "starters", "check")]
    click.echo(f"Next: {', '.join(then)}.")


@author.command()
@some_stems
def check(stems):
    """Say what chapters still lack: of those named, or of all."""
    from workbook.author import gaps

    found = [said for stem in stems or [None] for said in gaps.missing(stem)]
    click.echo("\n".join(dict.fromkeys(found)) or "Nothing is missing.")
    sys.exit(bool(found))


@author.command()
@some_stems
def links(stems):
    """Write the links at the foot of all pages, and those to the glossary into the STEMs, or all chapters.

    A word of the glossary is linked where the main path of a chapter first uses it. Nothing is run.
    """
    _links(stems)


def _links(stems):
    from workbook import paths
    from workbook.author import gaps, outputs

    for page in outputs.refresh(stems or gaps.chapters(), paths.ROOT):
        click.echo(f"links  {page.path}")


@author.command()
@click.option("--write", is_flag=True, help="Let the chapter, the README and the start page say these minutes.")
@some_stems
def minutes(write, stems):
    """Say how long chapters take: of the main path and of each Deeper section.

    200 words or 10 lines of code or output in a minute, 30 seconds a prediction, and the seconds that
    cells take. (!) stands where a chapter says something that is not within 15 %.
    """
    from workbook import pages, paths
    from workbook.author import minutes

    stems = stems or pages.in_order(path.stem for path in paths.ROOT.glob("notebooks/*.ipynb"))
    for path in dict.fromkeys(path for stem in stems if write for path in minutes.write(stem, paths.ROOT)):
        click.echo(f"wrote {path.relative_to(paths.ROOT).as_posix()}")
    click.echo(minutes.table(stems, paths.ROOT))


@author.command()
@click.option("--all", "every", is_flag=True, help="Run every chapter and every solution.")
@some_stems
def outputs(every, stems):
    """Run what a change of chapters touches, and store the outputs.

    That is the chapters and solutions of the STEMs, and others that use their apps. The links are
    written first, as `workbook author links` does.
    """
    from workbook import paths
    from workbook.author import outputs, touched

    if not stems and not every:
        raise click.UsageError("Name the chapters that you have changed, or say --all.")
    _links(stems)
    found = touched.notebooks_of(stems, paths.ROOT)
    for number, path in enumerate(found, 1):
        click.echo(f"{number} of {len(found)}  {path.parent.name}/{path.name}: ", nl=False)
        began = perf_counter()
        changed = outputs.store(path)
        click.echo(f"{'stored' if changed else 'same'}, {perf_counter() - began:.0f} s")


@author.command("next")
def next_flask():
    """Run all chapters on the Flask of this environment, and say what differs (`make next`).

    On a later Flask than the book's, that is written to docs/book/next_flask.md, and the table of chapter 13 to
    docs/measured/; each chapter that the page names is to tell of it.
    """
    from workbook import notebooks, paths
    from workbook.author import next_flask

    page = next_flask.measure(paths.ROOT)
    if not next_flask.is_newer(paths.ROOT):
        click.echo(page)
        return
    changed = notebooks.write(paths.ROOT / next_flask.PAGE, page)
    click.echo(f"{'wrote' if changed else 'same '} {next_flask.PAGE}")
    next_flask.record(paths.ROOT)
    for stem in next_flask.untold(paths.ROOT):
        click.echo(f"notebooks/{stem}.ipynb: tell what changes in the next release, as {next_flask.PAGE} has it")


@author.command()
@click.option("--force", is_flag=True, help="Write over what somebody has written into exercises/.")
@some_stems
def starters(force, stems):
    """Make exercises/ from solutions/: of the STEMs, or all."""
    from workbook.author import starters

    for path, changed in starters.write(stems, force):
        click.echo(f"{'wrote' if changed else 'same '} exercises/{path.name}")
