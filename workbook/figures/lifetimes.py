"""How long values live: a lane for each place that keeps one, over a row of visits.

Drawn from counters, which say it themselves: a counter at 1 is a new life, one that goes on
from an earlier number is the same life.
"""

import html

from workbook.figures.svg import CHARACTER, EDGE, image, page

ROW = 34  # px
LANE_GAP = 10  # px


class Lifetimes:
    """``rows`` of (visit, count, ...), one count for each of ``places``, in the order of the visits.

    Raises ValueError if a count is neither 1 nor the next of an earlier one.
    """

    def __init__(self, places, rows):
        self.visits = [str(visit) for visit, *_ in rows]
        columns = zip(*(counts for _, *counts in rows), strict=True)
        self.lanes = {place: _lives(place, counts) for place, counts in zip(places, columns, strict=True)}

    def __repr__(self):
        left = max(map(len, self.lanes)) + 2
        starts = [left]
        for visit in self.visits:
            starts.append(starts[-1] + len(visit) + 2)
        lines = [" " * left + "  ".join(self.visits)]
        for place, lives in self.lanes.items():
            label = place
            for line in _side_by_side(lives):
                lines.append(_text(label.ljust(left), line, starts))
                label = ""
        return "\n".join(lines)

    def _repr_html_(self):
        return image(self._svg(), f"Lifetimes.\n{self!r}")

    def _svg(self):
        left = EDGE + max(map(len, self.lanes)) * CHARACTER + 24
        starts = [left]
        for visit in self.visits:
            starts.append(starts[-1] + len(visit) * CHARACTER + 24)
        parts = [_label(x, 30, visit, "small") for x, visit in zip(starts, self.visits, strict=False)]
        y = 46
        for place, lives in self.lanes.items():
            parts.append(_label(EDGE, y + 16, place, "context-label"))
            for line in _side_by_side(lives):
                parts += [part for life in line for part in _drawn(life, starts, y)]
                y += ROW
            y += LANE_GAP
        width, height = starts[-1] + EDGE, y + 6
        return page(width, height, parts)


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
    """The lives on as few lines as there is room for: those that overlap are one below the other."""
    lines = []
    for life in lives:
        for line in lines:
            if max(line[-1]) < min(life):
                line.append(life)
                break
        else:
            lines.append([life])
    return lines


def _text(label, line, starts):
    text = label
    for life in line:
        text = text.ljust(starts[min(life)]) + "["
        for visit, count in life.items():
            text = text.ljust(starts[visit] + 1, "-") + str(count)
        text += "]"
    return text


def _drawn(life, starts, y):
    left = starts[min(life)] - 8
    width = starts[max(life)] + 24 - left
    yield f'<rect class="bar" x="{left:g}" y="{y}" width="{width:g}" height="24" rx="12"/>'
    for visit, count in life.items():
        yield _label(starts[visit] + 4, y + 16, count, "")


def _label(x, y, text, style):
    return f'<text class="{style}" x="{x:g}" y="{y:g}">{html.escape(str(text))}</text>'
