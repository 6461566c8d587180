"""Which notebooks a change of a chapter touches."""

from workbook import notebooks


def notebooks_of(stems, root):
    """Paths of chapters and solutions: those of ``stems`` and those whose code names one of them; of no stems, all."""
    paths = sorted([*root.glob("notebooks/*.ipynb"), *root.glob("solutions/*.ipynb")])
    return [path for path in paths if not stems or path.stem in stems or _names(path, stems)]


def _names(path, stems):
    code = [notebooks.text(cell) for cell in notebooks.read(path)["cells"] if cell["cell_type"] == "code"]
    # As the first word of a string: launch("ch03_one_connection"), source("ch03_one_connection/db.py").
    return any(f'"{stem}' in source for stem in stems for source in code)
