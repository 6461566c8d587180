"""A bar chart for a handful of numbers: text to be compared, a picture to be looked at."""

import html

from workbook.figures.svg import CHARACTER, EDGE, image, page

TEXT_WIDTH = 40  # characters of the longest bar
WIDTH = 400  # px, the same
ROW = 34  # px


class Bars:
    """``rows`` of (label, value) as horizontal bars; values are 0 or more, counted in ``unit``."""

    def __init__(self, title, unit, rows):
        self.title = title
        self.unit = unit
        self.rows = [(str(label), value) for label, value in rows]
        if any(value < 0 for _, value in self.rows):
            raise ValueError("a bar cannot be shorter than nothing")
        self._most = max([1e-9, *(value for _, value in self.rows)])

    def __repr__(self):
        left = max((len(label) for label, _ in self.rows), default=0)
        lines = [f"{self.title} ({self.unit})"]
        for label, value in self.rows:
            bar = "#" * round(TEXT_WIDTH * value / self._most)
            lines.append(f"{label.ljust(left)}  {bar + ' ' if bar else ''}{value:g}")
        return "\n".join(lines)

    def _repr_html_(self):
        values = "; ".join(f"{label}: {value:g}" for label, value in self.rows)
        return image(self._svg(), f"Bar chart. {self.title} ({self.unit}). {values}.")

    def _svg(self):
        longest = max((len(label) for label, _ in self.rows), default=0)
        left = EDGE + longest * CHARACTER + 16
        width = left + WIDTH + 60
        height = 56 + ROW * len(self.rows)
        parts = [
            f'<text class="title" x="{EDGE}" y="30">{html.escape(self.title)}</text>',
            f'<text class="small" x="{width - EDGE:g}" y="30" text-anchor="end">{html.escape(self.unit)}</text>',
        ]
        for index, (label, value) in enumerate(self.rows):
            top, length = 46 + ROW * index, WIDTH * value / self._most
            parts += [
                f'<text x="{EDGE}" y="{top + 16}">{html.escape(label)}</text>',
                f'<rect class="bar" x="{left:g}" y="{top}" width="{length:g}" height="24" rx="4"/>',
                f'<text x="{left + length + 8:g}" y="{top + 16}">{value:g}</text>',
            ]
        return page(width, height, parts)
