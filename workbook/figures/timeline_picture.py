"""The picture of a timeline."""

import html

from workbook.figures.svg import CHARACTER, EDGE, image, page

LABEL = 120  # px, the room for the names of connections where there are any


def draw(timeline):
    """The timeline as HTML: an ``<img>`` whose alt text is the timeline's text."""
    return image(_Drawing(timeline).svg(), f"Timeline. {timeline}")


class _Drawing:
    def __init__(self, timeline):
        self.timeline = timeline
        self.parts = []
        self.y = 18
        bars = any(row.connections for group in timeline.groups for _, row in group)
        self.left = EDGE + 4 + (LABEL if bars else 0)
        self.edges = [self.edges_of(group) for group in timeline.groups]
        # Room at the right for what is still open when the group ends.
        self.width = max([640, *(edges[-1] + 120 for edges in self.edges)])

    def svg(self):
        for group, edges in zip(self.timeline.groups, self.edges, strict=True):
            self.group(group, edges)
        self.parts.append(f'<line class="rule" x1="{EDGE}" x2="{self.width - EDGE}" y1="{self.y}" y2="{self.y}"/>')
        leak = self.timeline.still_open > 0
        for index, part in enumerate(self.timeline.summary.split(", ")):
            self.text(EDGE + 96 * index, self.y + 22, part, "bad-text" if leak and index == 2 else "context-label")
        self.text(self.width - EDGE, self.y + 22, "order of events, left to right", "small", "end")
        return page(self.width, self.y + 36, self.parts)

    def edges_of(self, group):
        edges = [self.left]
        for width in group.columns:
            edges.append(edges[-1] + width * CHARACTER + 24)
        return edges

    def group(self, group, edges):
        for section in group.sections:
            self.text(EDGE, self.y + 10, section.title, "title")
            status_x = EDGE + (len(section.title) + 2) * 8.5
            self.text(status_x, self.y + 10, section.status, "bad-text" if section.failed else "small")
            self.y += 20
            for row in section.rows:
                self.row(row, group, edges)
            self.y += 10

    def row(self, row, group, edges):
        left = edges[row.start]
        right = max(edges[row.last(group) + 1], left + len(row.label) * CHARACTER + 12)
        bottom = 64 if row.steps else 26
        self.box("context" if row.pushed else "outside", left - 4, self.y, right - left + 4, bottom)
        self.text(left + 4, self.y + 16, row.label, "context-label")
        if row.pushed and row.end is None:
            self.text(right + 8, self.y + 16, "still pushed", "bad-text")
        for step in row.steps:
            self.step(step, edges[step.start], edges[step.last(group) + 1])
        self.y += bottom + 8
        for bar in row.connections:
            self.bar(bar, edges)

    def step(self, step, left, right):
        kind = "bad" if step.raised else "teardown" if step.hook.startswith("teardown") else step.hook
        self.box(kind if kind in ("bad", "teardown", "view") else "hook", left, self.y + 23, right - left - 6, 34)
        middle = (left + right - 6) / 2
        self.text(middle, self.y + 36, step.hook, "small", "middle")
        # Not bold: the columns are as wide as the text is in the usual weight.
        style, weight = ("bad-text", "500") if step.raised else ("", "")
        self.text(middle, self.y + 51, step.label, style, "middle", weight)

    def bar(self, bar, edges):
        leaks = bar.state == "still open"
        left = edges[bar.start] + (-4 if bar.continued else 10)
        right = edges[bar.end + 1] - 16 if bar.end is not None else self.width - EDGE - 14
        self.text(EDGE, self.y + 16, bar.label)
        self.box("bad" if leaks else "bar", left, self.y, right - left, 24, 12)
        dot = "bad-dot" if leaks else "dot"
        if bar.continued:
            self.text(left + 12, self.y + 16, "open")
        else:
            self.parts.append(f'<circle class="{dot}" cx="{left + 12:g}" cy="{self.y + 12:g}" r="4.5"/>')
            self.text(left + 22, self.y + 16, "opened")
        if bar.state == "closed":
            self.parts.append(f'<circle class="{dot}" cx="{right - 12:g}" cy="{self.y + 12:g}" r="4.5"/>')
            self.text(right - 22, self.y + 16, "closed", anchor="end")
        else:
            self.text(right - 12, self.y + 16, bar.state, "bad-text" if leaks else "", "end")
            self.parts.append(f'<path class="{dot}" d="M {right:g} {self.y + 4:g} l 12 8 l -12 8 z"/>')
        self.y += 32

    def box(self, style, x, y, width, height, radius=7):
        self.parts.append(
            f'<rect class="{style}" x="{x:g}" y="{y:g}" width="{width:g}" height="{height:g}" rx="{radius}"/>'
        )

    def text(self, x, y, text, style="", anchor="start", weight=""):
        weight = f' style="font-weight: {weight}"' if weight else ""
        self.parts.append(
            f'<text class="{style}" x="{x:g}" y="{y:g}" text-anchor="{anchor}"{weight}>{html.escape(text)}</text>'
        )
