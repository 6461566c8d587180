"""How long values live: visits below each other, for each place that keeps one a column, in it a rail for each life.

Drawn from counters, which say it themselves: a counter at 1 is a new life, one that goes on
from an earlier number is the same life.
"""

from workbook.figures.svg import EDGE, NARROW, Canvas, image, length
from workbook.figures.words import LONGEST, counted, cut, plain, wrap

ROW = 30  # px
RAIL = 34  # px, a rail and the count beside it
GAP = 24  # px, between two columns


class Lifetimes:
    """``rows`` of (visit, count, ...), one count for each of ``places``, in the order of the visits.

    Raises ValueError if a count is neither 1 nor the next of an earlier one.
    """

    def __init__(self, places, rows):
        self.visits = [plain(visit) for visit, *_ in rows]
        columns = zip(*(counts for _, *counts in rows), strict=True)
        self.places = {plain(place): _lives(place, counts) for place, counts in zip(places, columns, strict=True)}

    def __repr__(self):
        lines = []
        for place, lives in self.places.items():
            lines.append(f"{cut(place, LONGEST)}: {counted(len(lives), 'life', 'lives')}")
            for life in lives:
                story = " - ".join(f"{cut(self.visits[visit], LONGEST)} {count}" for visit, count in life.items())
                lines += wrap(story, "  ", "    ")
        return "\n".join(lines)

    def _repr_html_(self):
        lives = ", ".join(f"{cut(place, LONGEST)} {len(lives)}" for place, lives in self.places.items())
        visits = counted(len(self.visits), "visit")
        return image(
            lambda width: _draw(self, width), f"Lifetimes during {visits}. Lives of each place: {lives}.", repr(self)
        )


def _lives(place, counts):
    """The lives in a column of counts, each as {number of the visit: count}."""
    lives = []
    for visit, count in enumerate(counts):
        if count == 1:
            lives.append({visit: count})
            continue
        known = [life for life in lives if max(life.values()) == count - 1]
        if not known:
            raise ValueError(f"{place}: {count} goes on from no earlier {count - 1}")
        known[-1][visit] = count
    return lives


def _side_by_side(lives):
    """The lives on as few rails as there is room for: those that overlap are beside each other."""
    lines = []
    for life in lives:
        for line in lines:
            if max(line[-1]) < min(life):
                line.append(life)
                break
        else:
            lines.append([life])
    return lines


def _draw(chart, width):
    canvas = Canvas(width)
    canvas.y = EDGE
    # The visits have a column of their own where there is room for it, or else lines between the rails' marks.
    beside = max(map(length, chart.visits)) + 2 * GAP if width > NARROW else 0
    beside = min(beside, width / 2)
    left, band = EDGE + beside, []
    x = left
    for place, lives in chart.places.items():
        lines = _side_by_side(lives)
        wide = min(max(length(place, "label"), RAIL * len(lines)), width - EDGE - left)
        if band and x + wide > width - EDGE:
            _band(canvas, chart, band, beside)
            band, x = [], left
        band.append((place, lines, x, wide))
        x += wide + GAP
    _band(canvas, chart, band, beside)
    return canvas.svg()


def _band(canvas, chart, band, beside):
    """Some of the places, from the current y on."""
    for place, _, x, wide in band:
        canvas.text(x, canvas.y + 12, place, "label", room=wide)
    canvas.y += 24
    ys = []
    for _ in chart.visits:
        canvas.line("rule", EDGE, canvas.y, canvas.width - EDGE, canvas.y)
        canvas.y += 0 if beside else 16
        ys.append(canvas.y + ROW / 2)
        canvas.y += ROW
    for _, lines, x, wide in band:
        step = min(RAIL, wide / len(lines))
        for index, line in enumerate(lines):
            for life in line:
                _rail(canvas, life, x + 8 + index * step, ys, step)
    for visit, y in zip(chart.visits, ys, strict=True):
        if beside:
            canvas.text(EDGE, y + 4, visit, room=beside - 12)
        else:
            canvas.text(EDGE, y - ROW / 2, visit, "over", room=canvas.width - 2 * EDGE)
    canvas.y += EDGE


def _rail(canvas, life, x, ys, step):
    canvas.rail(x, ys[min(life)], ys[max(life)])
    for visit, count in life.items():
        # The first is made, the others find it.
        canvas.mark("made" if count == 1 else "use", x, ys[visit] - (10 if count == 1 else 0))
        if step == RAIL:
            canvas.text(x + 9, ys[visit] + 4, str(count), room=RAIL - 12)
