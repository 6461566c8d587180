"""What is drawn: the SVGs of a figure's HTML, and what would be wrong in any of them."""

import base64
import html
import re
from xml.etree import ElementTree

from workbook.figures.svg import BOLD, NARROW, TITLE, WIDE
from workbook.figures.words import measure

NAME = "{http://www.w3.org/2000/svg}"


def alt(markup):
    return html.unescape(re.search(r'alt="([^"]*)"', markup)[1])


def words(markup):
    """The longer description behind the picture."""
    return html.unescape(re.search(r"<pre[^>]*>(.*?)</pre>", markup, re.S)[1])


def pictures(markup):
    """{width: SVG} of the wide and the narrow picture."""
    found = [ElementTree.fromstring(base64.b64decode(data)) for data in re.findall(r"base64,([^\"]+)", markup)]
    drawn = {int(svg.get("width")): svg for svg in found}
    assert sorted(drawn) == [NARROW, WIDE] and len(found) == 2
    return drawn


def texts(svg):
    return [element.text for element in svg.iter(f"{NAME}text")]


def styles(svg):
    return {element.get("class") for element in svg.iter()}


def faults(svg):
    """What is drawn outside of the picture, and texts that overlap."""
    width, height = float(svg.get("width")), float(svg.get("height"))
    found, boxes = [], []
    for element in svg.iter():
        if (area := _area(element)) is not None:
            left, top, right, bottom = area
            if left < 0 or top < 0 or right > width or bottom > height:
                found.append(f"outside: {element.tag} {element.attrib} {element.text}")
            if element.tag == f"{NAME}text":
                boxes.append((*area, element.text))
    boxes.sort(key=lambda box: box[1])
    for index, (left, _, right, bottom, text) in enumerate(boxes):
        for other in boxes[index + 1 :]:
            if other[1] >= bottom:
                break
            if left < other[2] and other[0] < right:
                found.append(f"overlap: {text!r} and {other[4]!r}")
    return found


def _area(element):
    """(left, top, right, bottom) of a box, a circle, a line or a text, else None."""

    def number(name):
        return float(element.get(name))

    match element.tag.removeprefix(NAME):
        case "rect":
            return number("x"), number("y"), number("x") + number("width"), number("y") + number("height")
        case "circle":
            x, y, r = number("cx"), number("cy"), number("r")
            return x - r, y - r, x + r, y + r
        case "line":
            xs, ys = sorted([number("x1"), number("x2")]), sorted([number("y1"), number("y2")])
            return xs[0], ys[0], xs[1], ys[1]
        case "text":
            style = element.get("class")
            size = TITLE if style == "title" else 12
            wide = measure(element.text, size, style in BOLD)
            left = number("x") - {None: 0, "middle": wide / 2, "end": wide}[element.get("text-anchor")]
            # Letters reach from 0.8 of the size above the base line to 0.2 below it; a 0.1 px is rounding.
            return left + 0.1, number("y") - 0.8 * size, left + wide - 0.1, number("y") + 0.2 * size
    return None
