"""One SVG in an ``<img>``, light and dark, with its text as alt: the page that all pictures share."""

import base64
import html

CHARACTER = 7.0  # px, the widest that 12 px text comes to
EDGE = 24
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
