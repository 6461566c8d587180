"""The command line: ``workbook COMMAND``, or ``python -m workbook COMMAND``."""

import json
import os
import subprocess
import sys
from importlib import metadata
from pathlib import Path
from urllib.parse import quote

import click

from workbook import paths
from workbook.author.commands import author
from workbook.commands import Commands

# Each command imports what it needs: `workbook sandbox` must not wait for Jupyter.


def known_stems(context, parameter, stems):
    """The stems, or a usage error that lists the ones there are."""
    room = "notebooks" if context.command.name == "notes" else "solutions"
    there = sorted(path.stem for path in (paths.ROOT / room).glob("*.ipynb"))
    for stem in stems:
        if stem not in there:
            raise click.BadParameter(f"there is no {stem!r}. There are: {', '.join(there)}.", context, parameter)
    return stems


def in_folder(command):
    """The option that chooses the learner's folder."""
    about = "Your folder (work/ in the checkout, if not given)."
    return click.option("--folder", type=click.Path(path_type=Path), default=paths.ROOT / "work", help=about)(command)


def _version():
    try:
        return metadata.version("workbook")
    except metadata.PackageNotFoundError:  # run from a checkout, not installed
        return "not installed"


def _copy(folder):
    from workbook import learner

    click.echo("\n".join(learner.copy(folder, paths.ROOT)))


some_stems = click.argument("stems", metavar="[STEM]...", nargs=-1, callback=known_stems)
passing_on = {"ignore_unknown_options": True}


@click.group("workbook", cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(_version(), message="%(version)s")
def main():
    """How long things live in a Flask application."""


@main.command(context_settings=passing_on)
@in_folder
@click.argument("jupyter", metavar="[JUPYTER OPTIONS]...", nargs=-1, type=click.UNPROCESSED)
def lab(folder, jupyter):
    """Open your own copy in JupyterLab.

    Makes the copy, or adds to it what is new, as `workbook copy` does. All other options go to Jupyter.
    """
    from jupyter_core.paths import jupyter_config_path

    from workbook import learner, pages

    _copy(folder)
    folder = folder.resolve()
    start = next(iter(pages.load(paths.ROOT).values()))
    ours = {
        "ServerApp.root_dir": folder,  # what lies outside of it, Lab cannot change
        "LabApp.default_url": f"/lab/tree/{quote(learner.name(start))}",
        "LabApp.workspaces_dir": folder / learner.HIDDEN / "workspaces",  # not the tabs of another project
    }
    given = " ".join(jupyter)
    options = [f"--{name}={value}" for name, value in ours.items() if f"--{name}=" not in given]
    command = [sys.executable, "-m", "jupyterlab", *options, *jupyter]
    # Last, so that what somebody has chosen on this machine counts more.
    os.environ["JUPYTER_CONFIG_PATH"] = os.pathsep.join([*jupyter_config_path(), str(paths.LAB_SETTINGS)])
    if os.name == "posix":
        if os.geteuid() == 0:
            command.append("--allow-root")  # in a container there is often nobody else
        sys.stdout.flush()
        os.execv(command[0], command)
    sys.exit(subprocess.call(command))  # Windows' exec returns to the shell at once


@main.command()
@in_folder
def copy(folder):
    """Make your own copy of the notebooks, or add to it what is new.

    What you have changed stays as it is.
    """
    _copy(folder)


@main.command()
@in_folder
@click.option("--yes", is_flag=True, help="Do not ask.")
@click.argument("what", metavar="STEM")
def reset(folder, yes, what):
    """Put a chapter and its exercises back to the way they came.

    STEM is a chapter's (ch03_one_connection, or its number), or a file's name ("3 Exercises"). What
    you have changed is kept beside it.
    """
    from workbook import learner

    chosen = learner.changed(learner.find(what, paths.ROOT), folder, paths.ROOT)
    if not chosen:
        click.echo("Nothing to do: it is as it came.")
        return
    names = ", ".join(path.name for _, path in chosen)
    if yes or click.confirm(f"Put back {names}? What you have is kept beside it.", abort=True):
        click.echo("\n".join(learner.reset([page for page, _ in chosen], folder, paths.ROOT)))


@main.command()
@click.option("--all", "details", is_flag=True, help="Show each exercise.")
@some_stems
def progress(details, stems):
    """Show what you have done, by chapter; each exercise of the chapters named."""
    from workbook.exercises import progress

    click.echo(progress.show(stems, details or bool(stems)))


@main.command()
def doctor():
    """Look whether this machine is ready, and say what to do where it is not."""
    from workbook import doctor

    sys.exit(doctor.main())


@main.command(add_help_option=False, context_settings=passing_on)
@click.argument("arguments", metavar="NAME [OPTIONS]...", nargs=-1, type=click.UNPROCESSED)
def sandbox(arguments):
    """Run a sandbox database by hand: rethinkdb or cassandra."""
    from sandboxes.__main__ import main

    sys.exit(main(list(arguments), "workbook sandbox"))


@main.command()
@click.option("--port", default=0, type=click.IntRange(0, 65535), help="Where to serve; any free port, if not given.")
def jukebox(port):
    """Run the jukebox of the capstone on this machine, with sample data, until Ctrl-C."""
    from workbook import jukebox

    jukebox.run(port, click.echo)


@main.command()
@some_stems
def notes(stems):
    """For instructors: print the notes of chapters."""
    from workbook.author import notes

    click.echo(notes.notes(stems))


def _pairs(read):
    """A callback that makes a dict of ``KEY=VALUE``s, each value given to ``read``."""

    def pairs(context, parameter, given):
        found = {}
        for text in given:
            key, equals, value = text.partition("=")
            if not (key and equals):
                raise click.BadParameter(f"{text!r} is not KEY=VALUE.", context, parameter)
            found[key] = read(value)
        return found

    return pairs


def _json_or_text(value):
    try:
        return json.loads(value)
    except ValueError:
        return value


def _requests(context, parameter, given):
    from workbook.tracing.asking import Wanted

    try:
        return [Wanted.parse(text) for text in given]
    except ValueError as error:
        raise click.BadParameter(f"{error}.", context, parameter) from None


def _kinds(context, parameter, given):
    from workbook.tracing.findings import KINDS

    kinds = [kind.strip() for kind in (given or "").split(",") if kind.strip()]
    for kind in kinds:
        if kind not in KINDS:
            raise click.BadParameter(f"there is no {kind!r}. There are: {', '.join(KINDS)}.", context, parameter)
    return kinds


def _file(context, parameter, given):
    # Said before the app is used for an hour, and not after it.
    if given and given != "-" and (Path(given).is_dir() or not Path(given).parent.is_dir()):
        raise click.BadParameter(f"{given!r} is no file in a folder that is there.", context, parameter)
    return given


@main.command()
@click.option("--request", "-r", "requests", multiple=True, callback=_requests, help='"GET /things"; again for more.')
@click.option("--times", default=1, type=click.IntRange(1), help="Ask all of them so many times.")
@click.option("--header", "headers", multiple=True, callback=_pairs(str), metavar="KEY=VALUE", help="For each request.")
@click.option("--env", multiple=True, callback=_pairs(str), metavar="KEY=VALUE", help="A variable for the app.")
@click.option("--config", multiple=True, callback=_pairs(_json_or_text), metavar="KEY=JSON", help="Set in app.config.")
@click.option("--cwd", type=click.Path(exists=True, file_okay=False), default=".", help="The folder to run in.")
@click.option("--port", default=0, type=click.IntRange(0, 65535), help="Where to serve; any free port, if not given.")
@click.option("--timeout", default=30.0, type=click.FloatRange(0.1), help="Seconds for a response, and for loading.")
@click.option("--json", "json_file", callback=_file, metavar="FILE", help="Write a report as JSON; - to stdout.")
@click.option("--html", "html_file", callback=_file, metavar="FILE", help="Write the report as a page.")
@click.option("--fail-on", callback=_kinds, metavar="KINDS", help="Exit with 1 on such findings: leaked,unused,lost.")
@click.argument("app", required=False)
def trace(**options):
    """Show what an app of your own opens, keeps and loses.

    APP is what `flask --app` takes: mypkg:create_app, app.py, "mypkg:create_app('test')". Without
    --request it is served on 127.0.0.1 until Ctrl-C. Exit codes: 0, or 1 if --fail-on found something,
    2 if the app cannot be loaded, 3 if a request got no response, 130 after Ctrl-C between requests.
    """
    from workbook.tracing.command import trace

    sys.exit(trace(**options, say=lambda line: click.echo(line, err=True)))


main.add_command(author)


if __name__ == "__main__":
    main(prog_name="workbook")
