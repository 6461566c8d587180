"""``workbook trace``: run an app in a process of its own, ask it, report."""

import json
import os
import subprocess
import sys
from pathlib import Path

from workbook.child import Child, ChildDied
from workbook.figures.words import counted
from workbook.tracing import asking, report
from workbook.tracing.findings import Findings

# How the command ends.
FINE, FOUND, FAILED, UNANSWERED, INTERRUPTED = 0, 1, 2, 3, 130


def trace(app, requests, env, cwd, config, headers, times, port, timeout, json_file, html_file, fail_on, say):
    """Run, report, and return the code to end with. ``say`` is given what is no report, a line each."""
    findings, about = Findings(), {}
    # Not plain(): it is the app as this shell would run it.
    child = Child(
        "workbook.tracing.run",
        json.dumps({"app": app, "cwd": str(cwd), "config": config, "port": port}),
        environ={**os.environ, "PYTHONUNBUFFERED": "1", **env},
        on_event=findings.feed,
        on_log=sys.stderr.write,
    )
    code = FINE
    try:
        try:
            about = child.wait_for("about", timeout=timeout)["about"]
            address = f"http://127.0.0.1:{child.wait_for('ready', timeout=timeout)['ready']}"
        except ChildDied:
            if about:
                say("The app was loaded, and its server did not start.")
            return FAILED
        except TimeoutError:
            say(f"The app was not loaded within {timeout:g} s.")
            return FAILED
        except KeyboardInterrupt:
            say("Stopped before the app was loaded.")
            return INTERRUPTED
        try:
            if requests:
                code = _ask(child, requests * times, address, timeout, headers, findings.note)
            else:
                say(f"Serving on {address} until Ctrl-C.")
                _serve(child, say)
        except KeyboardInterrupt:
            code = INTERRUPTED if requests else FINE
        try:
            child.send(held=True)
            child.sync()
        except TimeoutError:
            findings.note("The app did not say what it still holds.")
    finally:
        child.stop()
    findings.finish()
    made = report.data(findings, about)
    try:
        _write(made, findings, json_file, html_file)
    except OSError as error:
        say(f"The report could not be written to {error.filename}: {error.strerror}.")
        return FAILED
    if code == FINE and findings.of(fail_on):
        return FOUND
    return code


def _ask(child, requests, address, timeout, headers, note):
    with asking.client(address, timeout, headers) as session:
        for left, wanted in zip(reversed(range(len(requests))), requests, strict=True):
            try:
                asking.ask(session, wanted, timeout)
            except asking.Unanswered as unanswered:
                note(f"{str(unanswered).rstrip('.')}.{_ended(child)}{_not_sent(left)}")
                return UNANSWERED
    return FINE


def _ended(child):
    """The sentence " The app's process ended with code 3.", or nothing if it goes on."""
    try:
        return f" The app's process ended with code {child.process.wait(timeout=0.5)}."
    except subprocess.TimeoutExpired:
        return ""


def _not_sent(number):
    """The sentence " 2 requests after it were not sent.", or nothing if there are none."""
    return f" {counted(number, 'request')} after it {'was' if number == 1 else 'were'} not sent." if number else ""


def _serve(child, say):
    child.process.wait()
    say(f"The app's process ended with code {child.process.returncode}.")


def _write(made, findings, json_file, html_file):
    if html_file:
        Path(html_file).write_text(report.as_html(made, findings), encoding="utf-8")
    if json_file == "-":
        sys.stdout.write(report.as_json(made))
        return
    if json_file:
        Path(json_file).write_text(report.as_json(made), encoding="utf-8")
    sys.stdout.write(report.as_text(made, findings))
