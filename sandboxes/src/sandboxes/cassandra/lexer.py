"""The words of CQL, by one regular expression, and stepping through them ("Lexical structure")."""

import re

from .errors import SYNTAX, Fault, refused

MAX_DEPTH, MAX_TOKENS = 50, 200_000
RESERVED = set(
    "add allow alter and apply asc authorize batch begin by columnfamily create delete desc describe drop "
    "entries execute from full grant if in index infinity insert into is keyspace limit materialized modify "
    "nan norecursive not null of on or order primary rename revoke schema select set table to token truncate "
    "unlogged update use true false using view where with".split()
)
TOKEN = re.compile(
    r"""[ \t\r\n]+ | /\*.*?\*/ | (?:--|//)[^\n]*\n | (?P<CUT>--|//|/\*)
    | (?P<UUID>[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12})
    | (?P<word>[a-zA-Z][a-zA-Z0-9_]*)
    | (?P<sign><=|>=|!=|\+=|-=|[-+*/%(){}\[\],;.:?=<>])
    | (?P<HEX>0[xX][0-9a-fA-F]*)
    | (?P<DURATION>\d+(?:y|mo|w|d|h|m|s|ms|us|ns)(?:\d+[a-z]+)*\b)
    | (?P<FLOAT>\d+(?:\.\d*(?:[eE][+-]?\d+)?|[eE][+-]?\d+))
    | (?P<INTEGER>\d+)
    | '(?P<STRING>[^']*+(?:''[^']*+)*)'
    | \$\$(?P<DOLLAR>.*?)\$\$
    | "(?P<QUOTED>(?:[^"]++|"")+)"
    | (?P<WRONG>.)""",
    re.X | re.S | re.A,
)
END = ("END", "<EOF>", 0)
CONSTANTS = {"STRING", "INTEGER", "FLOAT", "UUID", "HEX"}


def tokens(text):
    """``(kind, text, position)`` of each; words are their own kind, in small letters."""
    found = []
    for match in TOKEN.finditer(text):
        kind = match.lastgroup
        if kind is None:
            continue
        string = match[kind]
        if kind == "sign":
            kind = string
        elif kind == "word":
            kind = string = string.lower()
        elif kind == "STRING":
            string = string.replace("''", "'") if "''" in string else string
        elif kind == "QUOTED":
            string = string.replace('""', '"')
        elif kind == "DOLLAR":
            kind = "STRING"
        found.append((kind, string, match.start()))
        if kind == "WRONG" or kind == "CUT":
            break  # the parser meets it, if it comes that far
        if len(found) > MAX_TOKENS:
            raise refused(f"a statement of over {MAX_TOKENS:,} tokens")
    return found + [END, END]


def quoted(name):
    """An identifier as CQL writes it: in quotes, unless it is a word in small letters and not reserved."""
    if re.fullmatch("[a-z][a-z0-9_]*", name) and name not in RESERVED:
        return name
    return '"' + name.replace('"', '""') + '"'


class Tokens:
    """A statement's tokens: ``kind`` and ``value`` are those of the one that is next."""

    def __init__(self, text):
        self.text, self.tokens, self.position, self.depth, self.markers = text, tokens(text), 0, 0, []
        self.kind, self.value, _ = self.tokens[0]

    def step(self):
        """The text of this token; go to the next."""
        value = self.value
        self.position += 1
        self.kind, self.value, _ = self.tokens[self.position]
        return value

    def peek(self, ahead=1):
        """The kind of a token further on."""
        return self.tokens[min(self.position + ahead, len(self.tokens) - 1)][0]

    def take(self, *kinds):
        """Step over these tokens if they come next -> whether they did."""
        if kinds[0] != self.kind or any(self.peek(i) != kinds[i] for i in range(1, len(kinds))):
            return False
        for _ in kinds:
            self.step()
        return True

    def expect(self, *kinds):
        for kind in kinds:
            if self.kind != kind:
                raise self.wrong(kind.upper())
            self.step()

    def wrong(self, expected=None):
        kind, value, start = self.tokens[self.position]
        start = len(self.text) if kind == "END" else start
        line, column = self.text.count("\n", 0, start) + 1, start - self.text.rfind("\n", 0, start) - 1
        what = f"mismatched input '{value[:100]}' expecting {expected}"
        if not expected:
            what = f"no viable alternative at input '{value[:100]}'"
        return Fault(SYNTAX, f"line {line}:{column} {what}")

    def is_name(self):
        return self.kind == "QUOTED" or (self.kind[0].islower() and self.kind not in RESERVED)

    def name(self):
        """An identifier."""
        if not self.is_name():
            raise self.wrong("IDENT")
        return self.step()

    def is_call(self):
        return self.peek() == "(" and (self.kind == "QUOTED" or self.kind[0].islower())

    def table(self):
        first = self.name()
        return (first, self.name()) if self.take(".") else (None, first)

    def listed(self, read, end=None):
        """What ``read`` reads, at least once, between commas; then ``end``."""
        items = [read()]
        while self.take(","):
            items.append(read())
        if end:
            self.expect(end)
        return items

    def nest(self):
        self.depth += 1
        if self.depth > MAX_DEPTH:
            raise refused(f"a nesting of over {MAX_DEPTH} levels")
