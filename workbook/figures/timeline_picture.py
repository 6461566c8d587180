"""The picture of a timeline: down, then right.

Sections and contexts stand below each other, the steps in them from left to right in rows. Below
each row are the connections that live in this context (bars) and the uses of those that outlive it
(lines from the rails in the left margin).
"""

import math

from workbook.figures.lives import BEGINNINGS, ENDINGS, PAST
from workbook.figures.story import Box, Code, Context, Outside, Section, Step
from workbook.figures.svg import EDGE, NARROW, Canvas, length
from workbook.figures.words import listed

PAD = 10  # px, inside of a box
GAP = 8  # px, between two boxes
LANE = 26  # px, of a bar and the space below it
BAR = 20  # px, the height of a bar
DOT = 9  # px, the room for a mark at either side of its middle


def draw(timeline, width):
    """A ``Timeline`` as an SVG of that width in px."""
    drawing = _Drawing(timeline, width)
    for group in timeline.groups:
        drawing.group(group)
    drawing.rails()
    drawing.summary()
    return drawing.svg()


class _Piece:
    """What stands in a lane below a row: a bar or a line from a rail, from ``left`` to ``right`` with its words."""

    def __init__(self, left, right, height, paint):
        self.left = left
        self.right = right
        self.height = height
        self.paint = paint  # a function of y


class _Drawing(Canvas):
    def __init__(self, timeline, width):
        super().__init__(width)
        self.timeline = timeline
        self.y = EDGE
        self.bars = {}  # the outermost context or what is outside -> the lives in it, with their extent
        outliving = []
        for life, shown in timeline.lives.items():
            root, *more = {_root(mark.item.box) for mark in life.marks}
            ends = life.end in ENDINGS.values()
            inside = ends or (isinstance(root, Context) and life.end in ("open", "leaked"))
            if shown.whole and shown.begun and not more and inside:
                self.bars.setdefault(root, []).append(_Extent(life, root, timeline.with_steps))
            else:
                outliving.append(life)
        margin = min(18 * len(outliving), 90 if width > NARROW else 40)
        step = margin / max(1, len(outliving))
        self.rail_x = {life: EDGE + step * (index + 0.5) - 2 for index, life in enumerate(outliving)}
        self.rail_wide = max(0.5, min(4, step / 2))
        self.rail_y = {life: [] for life in outliving}
        self.left = EDGE + margin + (4 if margin else 0)
        self.leaks = []
        leaking = any(extent.life.end == "leaked" for bars in self.bars.values() for extent in bars)
        self.right = width - EDGE - (12 if leaking else 0)
        self.leak_x = width - EDGE - 2

    def group(self, group):
        if len(group) == 1:
            self.section(group[0], self.left, self.right)
            return
        at, top = len(self.parts), self.y
        self.text(self.left + PAD, self.y + 16, "at the same time", "label", room=self.right - self.left - 2 * PAD)
        self.y += 28
        for section in group:
            self.section(section, self.left + PAD, self.right - PAD)
        self.box("outside", self.left, top, self.right - self.left, self.y - top, at=at)
        self.y += 12

    def section(self, section, left, right):
        room, status = right - left, "bad-text" if section.failed else "small"
        title, said = length(section.title, "title"), length(section.status, status)
        self.text(left, self.y + 12, section.title, "title", room=room)
        if title + said + 16 <= room:
            self.text(right, self.y + 12, section.status, status, "end")
        elif section.status:
            self.y += 17
            self.text(left, self.y + 12, section.status, status, room=room)
        self.y += 20
        self.inside(section, left, right)
        self.y += 10

    def inside(self, box, left, right):
        """The boxes and the rows of items in a box, from the current y on."""
        items = []
        for item in box.items:
            if not isinstance(item, Box):
                items += self.shown([item])
            elif isinstance(item, Context) and item.of == "request" and item.parent.context == item.context:
                if any(isinstance(inner, Box) for inner in item.items):
                    self.rows(items, box, left, right)
                    items = []
                    self.context(item, left, right)
                else:
                    # Nothing in it needs the whole width: what comes after it can stand beside it.
                    items += [(inner, item) for inner, _ in self.shown(item.items)] or [(None, item)]
            else:
                self.rows(items, box, left, right)
                items = []
                if isinstance(item, Section):
                    self.section(item, left, right)
                else:
                    self.context(item, left, right)
        self.rows(items, box, left, right)

    def shown(self, items):
        return [(item, None) for item in items if self.timeline.with_steps or item.marks]

    def context(self, context, left, right):
        at, top = len(self.parts), self.y
        # What is nested for ever does not get narrower for ever.
        pad = PAD if right - left > 240 else 3
        style = "outside" if isinstance(context, Outside) else "request" if context.of == "request" else "context"
        titled = isinstance(context, Outside) and context.parent.title == context.label
        self.y += 8
        if not titled:
            self.text(left + pad, self.y + 10, context.label, "label", room=right - left - 2 * pad)
            self.y += 18
        self.inside(context, left + pad, right - pad)
        self.box(style, left, top, right - left, self.y - top, at=at)
        self.y += GAP

    def rows(self, items, box, left, right):
        """Items, each with the request context around it or None, in as many rows as they need."""
        row, x, around, parts = [], left, None, {}
        at = len(self.parts)
        for item, inner in items:
            label = length(inner.label, "label") + 1 if inner else 0
            width = min(
                max(self.width_of(item) if item else 0, 0 if inner is around else label), right - left - 2 * GAP
            )
            if inner is not around:
                x += (GAP if around else 0) + (GAP if inner else 0)
            if row and x + width + (GAP if inner else 0) > right:
                self.row(row, box, left, right, parts)
                width = min(max(width, label), right - left - 2 * GAP)
                row, x = [], left + (GAP if inner else 0)
            row.append((item, x, width, inner))
            x, around = x + width + GAP, inner
        if row:
            self.row(row, box, left, right, parts)
        for spans in parts.values():
            self.around(spans, left, right, at)

    def around(self, spans, left, right, at):
        """The outline of a request context: ``spans`` has (left, right, top, bottom) of its part of each row."""
        (start, end, top, bottom), last = spans[0], spans[-1]
        if len(spans) == 1:
            self.box("request", start, top, end - start, bottom - top, at=at)
            return
        # It goes on at the left: one shape around all rows, with corners cut out at its beginning and its end.
        top_left = f"M{start:.4g} {top:g}" if start == left else f"M{left:.4g} {spans[1][2]:g}H{start:.4g}V{top:g}"
        path = f"{top_left}H{right:.4g}V{last[2]:g}H{last[1]:.4g}V{last[3]:g}H{left:.4g}z"
        self.shape("request", path, at)

    def width_of(self, item):
        if not self.timeline.with_steps:
            return 100
        words = [length(_head(item)), length(item.name), length(_raised(item), "bad-text")]
        return max(56, 16 + max(words), min(16 + 10 * item.done, 200))

    def row(self, row, box, left, right, parts):
        """One row; in ``parts`` is noted, and to be noted, where request contexts are."""
        within = {}
        for _, x, width, inner in row:
            if inner:
                start, _ = within.get(inner, (x - GAP, x))
                within[inner] = start, x + width + GAP
        top, height = self.y, 0
        if self.timeline.with_steps and any(item for item, *_ in row):
            height = 52 if any(item and item.raised for item, *_ in row) else 37
        begins = any(inner not in parts for inner in within)
        self.y += 20 if begins else 6 if within else 0
        for inner, (start, end) in within.items():
            if inner not in parts:
                self.text(start + GAP, top + 14, inner.label, "label", room=end - start - 2 * GAP)
            parts.setdefault(inner, []).append((start, end, top, self.y + height + (6 if height else 4)))
        row = [(item, x, width) for item, x, width, _ in row if item]
        if height:
            for item, x, width in row:
                self.step(item, x, width, height)
        self.y += height + (6 if within else 0)
        pieces = [
            piece
            for extent in self.bars.get(_root(box), ())
            if row and (piece := self.bar(extent, row, box, left, right)) is not None
        ]
        used = dict.fromkeys(life for item, _, _ in row for life in item.marks if life in self.rail_x)
        pieces += [self.use(life, row, left, right) for life in used]
        self.y += 8 if pieces or not within else 6
        for lane in _packed(pieces):
            for piece in lane:
                piece.paint(self.y)
            self.y += max(piece.height for piece in lane)

    def step(self, item, x, width, height):
        failed = item.raised and _red(item)
        self.box("bad" if failed else _kind(item), x, self.y, width, height)
        middle, room = x + width / 2, width - 10
        if _head(item):
            self.text(middle, self.y + 15, _head(item), "small", "middle", room)
        self.text(middle, self.y + (30 if _head(item) else 23), item.name, "", "middle", room)
        if item.raised:
            self.text(middle, self.y + 45, _raised(item), "bad-text" if failed else "", "middle", room)

    def bar(self, extent, row, box, left, right):
        """The part of a connection's bar that stands below this row, None if there is none."""
        life = extent.life
        marks = _marks(life, row)
        if not marks and not extent.passes(row, box):
            return None
        # To the edges of the box, where it goes on in another row.
        start, end = left - PAD + 3, right + PAD - 3
        begins = extent.first in [item.at for item, _, _ in row]
        finishes = extent.last in [item.at for item, _, _ in row]
        closes = finishes and life.end in ENDINGS.values()
        inner_left, inner_right = start + 6, end - 6
        if begins:
            start, inner_left = marks[0][1] - DOT, marks[0][1] + DOT
        if closes:
            end = next(x for verb, x in marks if verb in ENDINGS) + DOT
            inner_right = end - 2 * DOT
        word = _end_word(life) if finishes else ""
        bad = "bad-" if life.end == "leaked" else ""
        name, both = life.label, f"{life.label} {word}".rstrip()
        said, ending = length(both, "bad-text" if bad else ""), length(word, "bad-text" if bad else "")
        height, place = LANE, "inside"
        if inner_left + said + 8 > inner_right:
            # What there is no room for stands beside the bar: the end at its end, if it can.
            if closes and inner_left + length(name) <= inner_right + DOT / 2 and end + 6 + ending <= right:
                place = "after"
            else:
                place = "right" if end + 6 + said <= right else "left" if start - 6 - said >= left else "below"
            height += 16 if place == "below" else 0

        def paint(y):
            self.shape("bad" if bad else "bar", _bar_path(start, end, y, begins, closes))
            for verb, x in marks:
                self.mark(verb, max(start, min(x, end)), y, bad)
            style = "bad-text" if bad and finishes else ""
            if place in ("inside", "after"):
                self.text(inner_left, y + 15, name)
            if place == "inside":
                self.text(inner_right, y + 15, word, style, "end")
            elif place == "after":
                self.text(end + 6, y + 15, word, style)
            elif place == "right":
                self.text(end + 6, y + 15, both, style)
            elif place == "left":
                self.text(start - 6, y + 15, both, style, "end")
            else:
                self.text(left, y + 34, both, style, room=right - left)
            if finishes and bad:
                self.leaks.append(y + 10)
                self.line("bad-line", end, y + 10, self.leak_x, y + 10)

        spans = {
            "after": (start, end + 6 + ending),
            "right": (start, end + 6 + said),
            "left": (start - 6 - said, end),
            "below": (left - PAD, right + PAD),
        }
        return _Piece(*spans.get(place, (start, end)), height, paint)

    def use(self, life, row, left, right):
        """The line from a life's rail to where it was used in this row."""
        rail, marks = self.rail_x[life], _marks(life, row)
        bad = "bad-" if life.end == "leaked" else ""
        done = listed([PAST[verb] for verb in dict.fromkeys(verb for verb, _ in marks)])
        height, x = LANE, left + 2
        # Its owner is named where there is room.
        words = f"{life.label if length(f'{life.label} {done}') <= right - x else life.name} {done}"
        said, first, last = length(words), marks[0][1], marks[-1][1]
        if x + said + 8 > first - DOT:
            x = last + DOT + 2
            if x + said > right:
                x, height = left + 2, LANE + 16

        def paint(y):
            middle = y + 10
            self.rail_y[life].append(middle)
            if height == LANE and x < first:
                self.line(f"{bad}line", rail, middle, x - 4, middle)
                self.line(f"{bad}line", x + said + 2, middle, last, middle)
            else:
                self.line(f"{bad}line", rail, middle, last, middle)
            for verb, at in marks:
                # What only uses it stands on the line, not on the upper edge of a bar.
                self.mark(verb, at, y if verb in (*BEGINNINGS, *ENDINGS) else middle, bad)
            self.text(x, y + (14.5 if height == LANE else 32), words, room=right - x)

        return _Piece(-math.inf, max(last + DOT, x + min(said, right - x)), height, paint)

    def rails(self):
        """What outlives its context: lines down the margin, and what became of those that were not closed."""
        left = []
        bottom = self.y
        for life, ys in self.rail_y.items():
            shown = self.timeline.lives[life]
            x, bad = self.rail_x[life], "bad-" if life.end == "leaked" else ""
            top = ys[0] if shown.begun else 8
            goes_on = shown.end not in ENDINGS.values()
            self.rail(x, top, bottom if goes_on else ys[-1], bad, goes_on, self.rail_wide)
            if goes_on:
                left.append((life, shown.end))
        self.y += 14 if left else 0
        for end in ("kept", "open", "closed elsewhere", "leaked"):
            *most, last = [life.label for life, how in left if how == end] or [""]
            if last:
                self.flow([f"{end}:", *(f"{name}," for name in most), last], "bad-text" if end == "leaked" else "")

    def summary(self):
        if self.leaks:
            self.line("bad-line", self.leak_x, min(self.leaks), self.leak_x, self.y - 4)
            self.shape("bad-dot", f"M{self.leak_x - 5:.4g} {self.y - 5:g}h10l-5 8z")
        self.y += 4
        self.line("rule", EDGE, self.y, self.width - EDGE, self.y)
        x, self.y = EDGE, self.y + 8
        for part in self.timeline.summary.split(", "):
            style = "bad-text" if part.startswith("leaked") and self.timeline.leaked else "label"
            wide = length(part, style)
            if x + wide > self.width - EDGE:
                x, self.y = EDGE, self.y + 18
            self.text(x, self.y + 13, part, style)
            x += wide + 18
        self.y += 26


class _Extent:
    """A connection that lives in one context: from its first to its last item, in the boxes of ``contexts``."""

    def __init__(self, life, root, with_steps):
        self.life = life
        self.contexts = {mark.item.box.context for mark in life.marks}
        self.first = life.marks[0].item.at
        if life.end in ENDINGS.values():
            self.last = next(mark.item.at for mark in life.marks if mark.verb in ENDINGS)
        else:
            self.last = max(
                item.at for item in root.walk() if item.box.context in self.contexts and (with_steps or item.marks)
            )

    def passes(self, row, box):
        """Whether it is there in a row of this box that does nothing with it."""
        return box.context in self.contexts and self.first < row[0][0].at and row[-1][0].at <= self.last


def _root(box):
    """The outermost context that a box is in, or the box of what is outside of all."""
    while isinstance(box.parent, Box) and not (isinstance(box.parent, Section) and box.parent.parent is None):
        box = box.parent
    return box


def _kind(item):
    """The style of what is no fault."""
    if isinstance(item, Code):
        return "code"
    return "teardown" if item.hook.startswith("teardown") else "view" if item.hook == "view" else "hook"


def _head(item):
    return f"{item.number} {item.heading}" if isinstance(item, Step) else item.heading


def _raised(item):
    return f"raised {item.raised}" if item.raised else ""


def _red(item):
    """Whether what a step raised made the response fail, or there was none."""
    box = item.box
    while not isinstance(box, Section):
        box = box.parent
    return box.failed or box.path is None


def _marks(life, row):
    """(verb, x) of what was done with a life in a row; in a step from left to right, whatever it was done with."""
    return [
        (mark.verb, x + DOT + (width - 2 * DOT) * (mark.place + 0.5) / item.done)
        for item, x, width in row
        for mark in item.marks.get(life, ())
    ]


def _end_word(life):
    return f"{life.end}, never used" if life.connection and not life.used else life.end


def _bar_path(left, right, y, begins, ends):
    """The outline of a bar: round where it begins and where it ends, flat where it goes on."""
    near = f"a{BAR / 2:g} {BAR / 2:g} 0 0 1 0 -{BAR}" if begins else f"v-{BAR}"
    far = f"a{BAR / 2:g} {BAR / 2:g} 0 0 1 0 {BAR}" if ends else f"v{BAR}"
    left, right = left + (BAR / 2 if begins else 0), right - (BAR / 2 if ends else 0)
    return f"M{left:.4g} {y + BAR:g}{near}H{max(left, right):.4g}{far}z"


def _packed(pieces):
    """The pieces in as few lanes as there is room for."""
    lanes = []
    for piece in pieces:
        for lane in lanes:
            if all(other.right + 6 < piece.left or piece.right + 6 < other.left for other in lane):
                lane.append(piece)
                break
        else:
            lanes.append([piece])
    return lanes
