"""The picture of a timeline: one SVG in an ``<img>``, light and dark, with its text as alt."""

import base64
import html

CHARACTER = 7.0  # px, the widest that 12 px text comes to
EDGE = 24
LABEL = 120  # px, the room for the names of connections where there are any
STYLE = """
text { font: 500 12px ui-sans-serif, system-ui, sans-serif; fill: #1c2733 }
.title { font-size: 14px; font-weight: 600 } .small { font-size: 11px; fill: #5b6773 }
.page { fill: #ffffff; stroke: #d4dbe2 } .context { fill: #e8f1fb; stroke: #4a86c5 }
.outside { fill: none; stroke: #9fb3c8; stroke-dasharray: 4 4 }
.context-label { fill: #2f6aa8; font-weight: 600 } .rule { stroke: #d4dbe2 }
.hook { fill: #ffffff; stroke: #9fb3c8 } .view { fill: #dcefe3; stroke: #3f8f5f }
.teardown { fill: #f6e6f2; stroke: #a35c93 } .bad { fill: #fde4df; stroke: #c8442b }
.bar { fill: #fff1d6; stroke: #c98a1b } .dot { fill: #c98a1b } .bad-dot { fill: #c8442b }
.bad-text { fill: #b3371f; font-weight: 700 }
@media (prefers-color-scheme: dark) {
text { fill: #e6edf3 } .small { fill: #a9b5c1 }
.page { fill: #161b22; stroke: #3a444f } .context { fill: #16283c; stroke: #5b9bd8 }
.context-label { fill: #8fc1f0 } .rule { stroke: #3a444f }
.hook { fill: #222b35; stroke: #6f8296 } .view { fill: #17352a; stroke: #58b485 }
.teardown { fill: #37233a; stroke: #c483b4 } .bad { fill: #43211d; stroke: #ef7b64 }
.bar { fill: #3b2f17; stroke: #d9a441 } .dot { fill: #d9a441 } .bad-dot { fill: #ef7b64 }
.bad-text { fill: #ff9c88 }
}
"""


def draw(timeline):
    """The timeline as HTML: an ``<img>`` whose alt text is the timeline's text."""
    return image(_Drawing(timeline).svg(), f"Timeline. {timeline}")


def image(svg, alt):
    """An SVG as HTML that is shown in trusted and untrusted notebooks."""
    data = base64.b64encode(svg.encode()).decode()
    alt = html.escape(alt, quote=True).replace("\n", "&#10;")
    return (
        '<div style="overflow-x: auto"><img style="max-width: none" '
        f'alt="{alt}" src="data:image/svg+xml;base64,{data}"></div>'
    )


def page(width, height, parts):
    """An SVG of that size in px: the page that all pictures share, with ``parts``, SVG elements, on it."""
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width:g}" height="{height:g}" '
        f'viewBox="0 0 {width:g} {height:g}"><style>{STYLE}</style>'
        f'<rect class="page" x="0.5" y="0.5" width="{width - 1:g}" height="{height - 1:g}" rx="10"/>'
        f"{''.join(parts)}</svg>"
    )


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
