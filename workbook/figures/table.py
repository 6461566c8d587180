"""A small table for comparisons: text to be compared, HTML to be read."""

import html

from workbook.figures.svg import WIDE

# A long name breaks rather than let the table grow wider than a picture.
LEFT = 'style="text-align: left; white-space: normal; overflow-wrap: anywhere"'


class Table:
    """Rows of values under ``columns``; the first value of each row is its heading."""

    def __init__(self, columns, rows):
        self.columns = [str(column) for column in columns]
        self.rows = [[str(value) for value in row] for row in rows]

    def __repr__(self):
        widths = [max(map(len, column)) for column in zip(self.columns, *self.rows, strict=True)]
        lines = [self.columns, ["-" * width for width in widths], *self.rows]
        return "\n".join(
            "  ".join(value.ljust(width) for value, width in zip(line, widths, strict=True)).rstrip() for line in lines
        )

    def _repr_html_(self):
        # JupyterLab would align everything to the right, as numbers are.
        head = "".join(
            f'<th scope="col" {LEFT}>{html.escape(column)}</th>' if column else "<td></td>" for column in self.columns
        )
        body = "".join(
            f'<tr><th scope="row" {LEFT}>{html.escape(first)}</th>'
            + "".join(f"<td {LEFT}>{html.escape(value)}</td>" for value in values)
            + "</tr>"
            for first, *values in self.rows
        )
        return (
            f'<table style="max-width: min({WIDE}px, 100%)">'
            + f"<thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"
        )
