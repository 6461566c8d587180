"""The instructor's notes, which stand in the notebooks' metadata."""

from workbook import notebooks, pages, paths


def notes(stems=()):
    """The instructor's notes of the chapters named, or of all, from the notebooks' metadata: a text."""
    lines = []
    for stem in stems or pages.in_order(path.stem for path in paths.ROOT.glob("notebooks/*.ipynb")):
        about = notebooks.read(paths.ROOT / "notebooks" / f"{stem}.ipynb")["metadata"]["workbook"]
        lines.append(f"{stem}: {about['minutes']} minutes")
        lines += [f"  - {objective}" for objective in about["objectives"]]
        for section in about["instructor"]:
            lines += ["", f"  {section['section']} ({section['minutes']} minutes)", f"    Ask: {section['ask']}"]
            lines += [f"    Demo: {section['demo']}", f"    Watch for: {section['watch_for']}"]
        lines.append("")
    return "\n".join(lines)
