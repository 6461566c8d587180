"""The command line: ``workbook COMMAND``, or ``python -m workbook COMMAND``."""

import argparse
import importlib.metadata
import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
START = "/lab/tree/notebooks/ch00_start_here.ipynb"


# Each command imports what it needs: `workbook sandbox` must not wait for Jupyter.


def lab(arguments):
    """Open JupyterLab on the start page; arguments after it go to Jupyter."""
    # Given the file itself, Jupyter would take its folder as the root, without the other rooms.
    command = [sys.executable, "-m", "jupyterlab", f"--ServerApp.root_dir={ROOT}",
               f"--LabApp.default_url={START}", *arguments]  # fmt: skip
    if os.name == "posix":
        if os.geteuid() == 0:
            command.append("--allow-root")  # in a container there is often nobody else
        sys.stdout.flush()
        os.execv(command[0], command)
    return subprocess.call(command)  # Windows' exec returns to the shell at once


def doctor(arguments):
    """Look whether this machine is ready, and say what to do where it is not."""
    from workbook import doctor

    return doctor.main()


def progress(arguments):
    """Show which exercises are done."""
    from workbook import progress

    print(progress.show())
    return 0


def exercises(arguments):
    """Generate exercises/ from solutions/ (--check: only say whether they differ)."""
    from workbook import exercises

    return exercises.main(arguments)


def outputs(arguments):
    """Run chapters and solutions (all, or the notebooks named) and store their outputs."""
    from workbook import notebooks

    try:
        return notebooks.main(arguments)
    except notebooks.NotebookError as error:
        print(error, file=sys.stderr)
        return 1


def notes(arguments):
    """Print the instructor's notes: workbook notes [STEM ...]."""
    from workbook import notebooks

    return notebooks.notes(arguments)


def sandbox(arguments):
    """Run a sandbox database by hand: workbook sandbox NAME [--port N]."""
    from workbook import sandbox

    return sandbox.main(arguments)


COMMANDS = {command.__name__: command for command in [lab, doctor, progress, exercises, outputs, notes, sandbox]}
TAKE_ARGUMENTS = {"lab", "exercises", "outputs", "notes", "sandbox"}


def main(arguments=None):
    """Run one command; returns its exit code."""
    arguments = sys.argv[1:] if arguments is None else arguments
    about = "How long things live in a Flask application."
    parser = argparse.ArgumentParser(prog="workbook", description=about)
    parser.add_argument("--version", action="version", version=_version())
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    for name, command in COMMANDS.items():
        commands.add_parser(name, help=command.__doc__, description=command.__doc__)
    if arguments[:1] and arguments[0] in TAKE_ARGUMENTS:
        return COMMANDS[arguments[0]](arguments[1:])
    return COMMANDS[parser.parse_args(arguments).command](arguments[1:])


def _version():
    try:
        return importlib.metadata.version("workbook")
    except importlib.metadata.PackageNotFoundError:  # run from a checkout, not installed
        return "not installed"


if __name__ == "__main__":
    sys.exit(main())
