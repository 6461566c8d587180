"""Words for pictures and their texts: printable ASCII, cut where there is no room for all of them."""

import functools
import textwrap
from urllib.parse import quote

COLUMNS = 100  # of a text
LONGEST = 60  # characters of a name in it
PRINTABLE = "".join(map(chr, range(32, 127)))

# Tenths of a px at 12 px in DejaVu Sans, the widest of the usual fonts; what is not named is as wide as "n".
# Whole numbers: how sum() rounds others differs between Pythons, and so would the pictures.
_WIDTHS = dict.fromkeys(" .,:;'!|ijlI`", 43) | dict.fromkeys('()[]{}tfr/\\-"', 56)
_WIDTHS |= dict.fromkeys("ABCDEFGHJKLNOPQRSTUVXYZ?&$", 93) | dict.fromkeys("+=<>~^#w", 101)
_WIDTHS |= dict.fromkeys("mMW%@", 121)


def address(path):
    """A path as WSGI hands it over (one character a byte), as it would stand in a URL."""
    try:
        path = path.encode("latin-1")
    except UnicodeEncodeError:
        path = path.encode("utf-8", "surrogatepass")
    return quote(path, safe=PRINTABLE)


def plain(text):
    """A name in printable ASCII; anything else as Python would escape it."""
    text = str(text)
    if text.isascii() and text.isprintable():
        return text
    return "".join(c if c in PRINTABLE else c.encode("unicode_escape").decode() for c in text)


def cut(text, room):
    """``text`` with at most ``room`` characters: "..." stands for what is left out of its middle."""
    if len(text) <= room:
        return text
    keep = max(0, room - 3)
    return text[: keep - keep // 2] + "..." + text[len(text) - keep // 2 :]


def wrap(text, first, other):
    """Lines of at most ``COLUMNS``; ``first`` stands before the first, ``other`` before the rest."""
    lines = textwrap.wrap(text, COLUMNS, initial_indent=first, subsequent_indent=other, break_on_hyphens=False)
    return lines or [first.rstrip()]


@functools.lru_cache(4096)
def measure(text, size=12, bold=False):
    """The width of a text in px, at most."""
    return sum(_WIDTHS.get(c, 78) for c in text) * size * (11 if bold else 10) / 1200


@functools.lru_cache(4096)
def fit(text, room, size=12, bold=False):
    """``text``, cut so that it is at most ``room`` px wide."""
    length, fitted = len(text), text
    while measure(fitted, size, bold) > room and length > 3:
        # In strides first: a path may have thousands of characters.
        length -= max(1, int((measure(fitted, size, bold) - room) / 13))
        fitted = cut(text, max(3, length))
    return fitted


def counted(number, singular, plural=None):
    """ "1 step", "3 steps"."""
    return f"{number} {singular if number == 1 else plural or singular + 's'}"


def listed(parts):
    """ "a", "a and b", "a, b and c"."""
    *most, last = parts
    return f"{', '.join(most)} and {last}" if most else last


def ranges(names):
    """Names with numbers at their ends, those that follow each other together: "rethinkdb 1 to 3"."""
    runs = []
    for name in names:
        kind, _, number = name.rpartition(" ")
        number = int(number) if number.isdecimal() else None
        if runs and number is not None and [kind, number - 1] == runs[-1][:2]:
            runs[-1][1] = number
        else:
            runs.append([kind, number, cut(name, LONGEST), number])
    return [text if first == last else f"{text} to {last}" for kind, last, text, first in runs]
