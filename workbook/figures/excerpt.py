"""Show a part of an app's source in a notebook, read from the file itself."""

import ast

from workbook.paths import APPS


class Source:
    """Python source; highlighted by JupyterLab in the colours of its theme."""

    def __init__(self, text):
        self.text = text

    def __repr__(self):
        return self.text

    def _repr_markdown_(self):
        return f"```python\n{self.text}\n```"


def source(path, *names):
    """The functions or classes called ``names`` in ``apps/<path>``, or the whole file.

    Raises ValueError, naming what there is, if one of them is not there.
    """
    text = (APPS / path).read_text(encoding="utf-8")
    if not names:
        return Source(text.strip())
    lines = text.splitlines()
    found = {}
    for node in ast.parse(text).body:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            first = min([node.lineno, *(mark.lineno for mark in node.decorator_list)])
            found[node.name] = "\n".join(lines[first - 1 : node.end_lineno])
    missing = [name for name in names if name not in found]
    if missing:
        raise ValueError(f"{path} has no {missing[0]!r}; it has {', '.join(found)}")
    return Source("\n\n\n".join(found[name] for name in names))
