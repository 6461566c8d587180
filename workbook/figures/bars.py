"""A bar chart for a handful of numbers: text to be compared, a picture to be looked at."""

from workbook.figures.svg import EDGE, NARROW, Canvas, image, length
from workbook.figures.words import COLUMNS, LONGEST, cut, plain

TEXT_WIDTH = 40  # characters of the longest bar
BAR = 22  # px


class Bars:
    """``rows`` of (label, value) as horizontal bars; values are 0 or more, all counted in ``unit``."""

    def __init__(self, title, unit, rows):
        self.title = plain(title)
        self.unit = plain(unit)
        self.rows = [(plain(label), value) for label, value in rows]
        if any(value < 0 for _, value in self.rows):
            raise ValueError("a bar cannot be shorter than nothing")
        self._most = max([1e-9, *(value for _, value in self.rows)])

    def __repr__(self):
        labels = [cut(label, LONGEST - 24) for label, _ in self.rows]
        left = max(map(len, labels), default=0)
        lines = [cut(self.title, COLUMNS)]
        for label, (_, value) in zip(labels, self.rows, strict=True):
            bar = "#" * round(TEXT_WIDTH * value / self._most)
            lines.append(f"{label.ljust(left)}  {bar + ' ' if bar else ''}{self._with_unit(value, 20)}")
        return "\n".join(lines)

    def _repr_html_(self):
        values = "; ".join(f"{label}: {self._with_unit(value, LONGEST)}" for label, value in self.rows[:3])
        return image(self._draw, cut(f"Bar chart. {self.title}. {values}.", 300), repr(self))

    def _with_unit(self, value, room):
        return f"{value:g} {cut(self.unit, room)}"

    def _draw(self, width):
        canvas = Canvas(width)
        canvas.y = EDGE
        canvas.flow(self.title.split(" "), "title", 19)
        canvas.y += 8
        values = max((length(self._with_unit(value, 20)) for _, value in self.rows), default=0)
        # On a telephone a label stands above its bar.
        beside = min(max((length(label) for label, _ in self.rows), default=0), width / 2) + 12 if width > NARROW else 0
        longest = width - 2 * EDGE - beside - values - 8
        for label, value in self.rows:
            if not beside:
                canvas.y += 16
            wide = longest * value / self._most
            baseline = canvas.y + BAR / 2 + 4 if beside else canvas.y - 2
            canvas.text(EDGE, baseline, label, room=beside - 12 if beside else width - 2 * EDGE)
            canvas.box("bar", EDGE + beside, canvas.y, wide, BAR, 4)
            canvas.text(EDGE + beside + wide + 8, canvas.y + BAR / 2 + 4, self._with_unit(value, 20))
            canvas.y += BAR + 10
        canvas.y += 8
        return canvas.svg()
