"""What was found, as a text, as JSON and as one page of HTML."""

import json

import jinja2

from workbook.figures.timeline import Timeline
from workbook.figures.words import address, counted, plain, wrap
from workbook.tracing.findings import label

SCHEMA = 1
TITLES = {
    "leaked": "left open",
    "unused": "never used",
    "eager": "opened too early",
    "lost": "response lost",
    "raised": "teardown raised",
    "skipped": "teardown skipped",
    "outside": "outside of a context",
    "late": "session saved before",
}
COUNTS = ["opened", "used", "unused", "reused", "closed", "cut", "kept", "open", "leaked"]
LIMITS = (
    "Not seen: sockets that a C library opens by itself, what other processes do, and what a thread does "
    "without a context. Of a socket that no driver is known for, trace cannot tell a login from a question: "
    "it is never called unused."
)


def data(findings, about):
    """The report as dicts and lists; docs/book/trace.md describes them."""
    return {
        "schema": SCHEMA,
        "app": about.get("name"),
        "versions": {name: about[name] for name in ("python", "flask", "werkzeug") if name in about},
        "requests": findings.requests,
        "contexts": findings.contexts,
        "connections": {name: findings.counts[name] for name in COUNTS},
        "findings": [
            {
                "kind": finding.kind,
                "sentence": finding.sentence,
                "request": finding.request,
                "times": finding.times,
                "paths": list(finding.paths),
                "source": finding.source,
                "chapter": finding.chapter[0],
            }
            for finding in findings.found.values()
        ],
        "routes": [
            {"method": method, "path": path, "status": int(status), **row}
            for (method, path, status), row in findings.routes.items()
        ],
        "hooks": [
            {"hook": hook, "name": name, "source": source, **row}
            for (hook, name, source), row in findings.hooks.items()
        ],
        "notes": findings.notes,
        "unseen": findings.unseen,
    }


def as_json(report):
    return json.dumps(report, indent=2) + "\n"


def as_text(report, findings):
    """The report for a terminal, at most 100 columns wide."""
    lines = [headline(report), ""]
    if findings.found:
        lines.append("Findings")
        for finding in findings.found.values():
            lines += wrap(f"{TITLES[finding.kind]}: {finding.sentence} (Chapter {finding.chapter[1]})", "  - ", "    ")
    else:
        lines.append("Nothing was found that is wrong.")
    lines += ["", "Connections", *wrap(connections(report), "  ", "  "), ""]
    if report["routes"]:
        lines.append("Requests, with the time until the response on average")
        for row in report["routes"]:
            times = f", {row['times']} times" if row["times"] > 1 else ""
            what = (
                f"{plain(row['method'])} {address(row['path'])}  {row['status']}  {_ms(row['seconds'] / row['times'])}"
            )
            lines += wrap(f"{what}{times}", "  ", "    ")
        lines.append("")
    if report["hooks"]:
        lines.append("Hooks and views in the order in which they first began, with their time on average and at most")
        for row in report["hooks"]:
            source = f"  {plain(row['source'])}" if row["source"] else ""
            mean, longest = _ms(row["seconds"] / row["times"]), _ms(row["longest"])
            what = f"{row['hook']}  {plain(row['name'])}{source}  {counted(row['times'], 'time')}  {mean}  {longest}"
            lines += wrap(what, "  ", "    ")
        lines.append("")
    for note in report["notes"]:
        lines += wrap(note, "", "  ")
    for name in report["unseen"]:
        lines += wrap(f"Not seen: {plain(name)}.", "", "  ")
    lines += wrap(LIMITS, "", "")
    return "\n".join(lines) + "\n"


def headline(report):
    versions = ", ".join(f"{name.capitalize()} {number}" for name, number in report["versions"].items())
    name = plain(report["app"] or "The app")
    return (
        f"{name}: {counted(report['requests'], 'request')}, {counted(report['contexts'], 'app context')} ({versions})"
    )


def connections(report):
    counts = report["connections"]
    if not counts["opened"]:
        return "none was opened"
    always = ("opened", "closed", "kept", "leaked")
    return ", ".join(f"{name} {counts[name]}" for name in COUNTS if name in always or counts[name])


def as_html(report, findings):
    """The report as one page that needs no network and no script."""
    templates = jinja2.Environment(
        loader=jinja2.PackageLoader("workbook.tracing", "."), autoescape=True, trim_blocks=True, lstrip_blocks=True
    )
    return templates.get_template("page.html").render(
        report=report,
        headline=headline(report),
        connections=connections(report),
        found=findings.found.values(),
        titles=TITLES,
        limits=LIMITS,
        label=label,
        address=address,
        ms=_ms,
        picture=Timeline(findings.picture)._repr_html_() if findings.requests else "",
    )


def _ms(seconds):
    return f"{seconds * 1000:.1f} ms"
