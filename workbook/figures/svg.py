"""One picture in an ``<img>``, wide and narrow, light and dark, with its text behind it: what all figures share."""

import base64
import html

from workbook.figures.words import fit, measure

WIDE = 568  # px: whole, with text of 12 px, beside the file browser of a window of 1024 px
NARROW = 344  # px, for a telephone: the text stays as large as it is
EDGE = 16
TITLE = 14  # px, the size of a heading
STYLE = """
text { font: 500 12px ui-sans-serif, system-ui, sans-serif; fill: #1c2733 }
.title { font-size: 14px; font-weight: 600 } .small { fill: #54606c }
.page { fill: #ffffff; stroke: #d4dbe2 } .context { fill: #e8f1fb; stroke: #4a86c5 }
.request { fill: #f3f8fe; stroke: #86b0dc } .outside { fill: none; stroke: #8297ad; stroke-dasharray: 4 4 }
.over { paint-order: stroke; stroke: #ffffff; stroke-width: 5 }
.label { fill: #24598f; font-weight: 600 } .rule { stroke: #d4dbe2 }
.hook { fill: #ffffff; stroke: #9fb3c8 } .view { fill: #dcefe3; stroke: #3f8f5f }
.teardown { fill: #f6e6f2; stroke: #a35c93 } .code { fill: none; stroke: #8297ad; stroke-dasharray: 3 3 }
.bar { fill: #fff1d6; stroke: #b3770f } .dot { fill: #b3770f } .use { fill: #ffffff; stroke: #b3770f; stroke-width: 2 }
.line { stroke: #b3770f; stroke-width: 2 }
.cross { stroke: #1c2733; stroke-width: 2.5 }
.bad { fill: #fde4df; stroke: #c8442b } .bad-dot { fill: #c8442b }
.bad-use { fill: #fff; stroke: #c8442b; stroke-width: 2 }
.bad-line { stroke: #c8442b; stroke-width: 2 }
.bad-text { fill: #a9301a; font-weight: 600 }
@media (prefers-color-scheme: dark) {
text { fill: #e6edf3 } .small { fill: #b1bcc8 }
.page { fill: #161b22; stroke: #3a444f } .context { fill: #16283c; stroke: #5b9bd8 }
.request { fill: #1b3048; stroke: #44749f } .outside { stroke: #7f94aa }
.over { stroke: #161b22 } .label { fill: #8fc1f0 } .rule { stroke: #3a444f }
.hook { fill: #222b35; stroke: #6f8296 } .view { fill: #17352a; stroke: #58b485 }
.teardown { fill: #37233a; stroke: #c483b4 } .code { stroke: #7f94aa }
.bar { fill: #3b2f17; stroke: #d9a441 } .dot { fill: #d9a441 } .use { fill: #161b22; stroke: #d9a441 }
.line { stroke: #d9a441 } .cross { stroke: #e6edf3 }
.bad { fill: #43211d; stroke: #ef7b64 } .bad-dot { fill: #ef7b64 } .bad-use { fill: #161b22; stroke: #ef7b64 }
.bad-line { stroke: #ef7b64 } .bad-text { fill: #ff9c88 }
}
"""
# A page that is light, and does not say so, stays light on a dark system; where it is dark, it says so.
SCHEME = (
    ".workbook-figure img { color-scheme: light } "
    "[data-jp-theme-light=false] .workbook-figure img, [data-theme=dark] .workbook-figure img, "
    ".vscode-dark .workbook-figure img { color-scheme: dark }"
)
BOLD = ("title", "label", "bad-text")


def image(draw, alt, words):
    """``draw(width)`` -> an SVG, as HTML that is shown in trusted and untrusted notebooks; ``words`` say it all."""
    wide, narrow = (
        f"data:image/svg+xml;base64,{base64.b64encode(draw(width).encode()).decode()}" for width in (WIDE, NARROW)
    )
    return (
        f'<div class="workbook-figure" style="max-width: {WIDE}px"><style>{SCHEME}</style>'
        f'<picture><source media="(max-width: 600px)" srcset="{narrow}">'
        f'<img style="display: block; width: 100%; max-width: {WIDE}px; height: auto" '
        f'alt="{html.escape(alt)}" src="{wide}"></picture>'
        "<details><summary>In words</summary>"
        '<pre style="white-space: pre-wrap; overflow-wrap: anywhere">'
        f"{html.escape(words)}</pre></details></div>"
    )


class Canvas:
    """SVG elements; ``width`` is in px, ``y`` is how far down something is drawn already."""

    def __init__(self, width):
        self.width = width
        self.y = 0
        self.parts = []

    def svg(self):
        width, height = self.width, self.y
        return (
            f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height:g}" '
            f'viewBox="0 0 {width} {height:g}"><style>{STYLE}</style>'
            f'<rect class="page" x="0.5" y="0.5" width="{width - 1}" height="{height - 1:g}" rx="10"/>'
            f"{''.join(self.parts)}</svg>"
        )

    def text(self, x, y, text, style="", anchor="start", room=None):
        """A text in ``room`` px, cut if it needs more; ``y`` is its base line."""
        if room is not None:
            text = fit(text, room, *_type(style))
        if not text:
            return
        end = f' text-anchor="{anchor}"' if anchor != "start" else ""
        self.parts.append(f'<text class="{style}" x="{x:.4g}" y="{y:g}"{end}>{html.escape(text, quote=False)}</text>')

    def flow(self, words, style="", line=17):
        """Words on as many lines as they need; ``y`` goes on below them."""
        room, text = self.width - 2 * EDGE, ""
        for word in [*words, None]:
            longer = f"{text} {word}" if text else word
            if word is None or (text and length(longer, style) > room):
                self.text(EDGE, self.y + 12, text, style, room=room)
                self.y += line
                longer = word
            text = longer
        self.y += 2

    def box(self, style, x, y, width, height, radius=6, at=None):
        """A rectangle, below all that was drawn after the first ``at`` parts."""
        at = len(self.parts) if at is None else at
        self.parts.insert(
            at,
            f'<rect class="{style}" x="{x:.4g}" y="{y:g}" width="{width:.4g}" height="{height:g}" rx="{radius}"/>',
        )

    def circle(self, style, x, y, radius):
        self.parts.append(f'<circle class="{style}" cx="{x:.4g}" cy="{y:g}" r="{radius}"/>')

    def line(self, style, x1, y1, x2, y2, dashed=False):
        dash = ' stroke-dasharray="3 3"' if dashed else ""
        self.parts.append(f'<line class="{style}" x1="{x1:.4g}" y1="{y1:g}" x2="{x2:.4g}" y2="{y2:g}"{dash}/>')

    def mark(self, verb, x, y, bad=""):
        """What was done with something that lasts, at ``y``; what begins or ends it, on its bar whose top is there.

        ``bad`` is "bad-" or "".
        """
        if verb == "use":
            self.circle(f"{bad}use", x, y, 4)
        elif verb in ("taken", "returned"):
            self.circle(f"{bad}dot", x, y, 4.5)
        elif verb in ("commit", "rollback"):
            self.line(f"{bad}line", x, y - 6, x, y + 6)
        elif verb == "cut":
            self.line("cross", x - 5, y + 5, x + 5, y + 15)
            self.line("cross", x - 5, y + 15, x + 5, y + 5)
        else:
            self.circle(f"{bad}dot", x, y + 10, 4.5)

    def rail(self, x, top, bottom, bad="", goes_on=False, wide=4):
        """Something that outlives what stands beside it; an arrow if it is still there at the end."""
        self.box(f"{bad}dot", x - wide / 2, top, wide, bottom - top, 0)
        if goes_on:
            self.shape(f"{bad}dot", f"M{x - 1.5 * wide:.4g} {bottom:g}h{3 * wide:g}l-{1.5 * wide:g} 9z")

    def shape(self, style, path, at=None):
        """A path, below all that was drawn after the first ``at`` parts."""
        at = len(self.parts) if at is None else at
        self.parts.insert(at, f'<path class="{style}" d="{path}"/>')


def length(text, style=""):
    """How long a text of this style is at most, in px."""
    return measure(text, *_type(style))


def _type(style):
    return TITLE if style == "title" else 12, style in BOLD
