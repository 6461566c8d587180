"""CQL texts -> statements, by recursive descent over the tokens of one regular expression.

A statement is a Statement with the fields that the functions of Parser give it. A term is a tuple that
begins with its kind: ("STRING" or another constant, text), ("NULL",), ("?", number), ("list" or "set" or
"tuple", terms), ("map", pairs), ("call", name, terms), ("cast", term, type), ("count",).
"""

import re
from types import SimpleNamespace

from .errors import SYNTAX, Fault, invalid, refused

MAX_DEPTH, MAX_TOKENS = 50, 200_000
RESERVED = set(
    "add allow alter and apply asc authorize batch begin by columnfamily create delete desc describe drop entries "
    "execute from full grant if in index infinity insert into is keyspace limit materialized modify nan norecursive "
    "not null of on or order primary rename revoke schema select set table to token truncate unlogged update use "
    "using view where with".split()
)
TOKEN = re.compile(
    r"""\s+ | (?:--|//)[^\n]*\n | /\*.*?\*/
    | (?P<UUID>[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12})
    | (?P<word>[a-zA-Z][a-zA-Z0-9_]*)
    | (?P<sign><=|>=|!=|\+=|-=|[-+*/%(){}\[\],;.:?=<>])
    | (?P<HEX>0[xX][0-9a-fA-F]*)
    | (?P<DURATION>\d+(?:y|mo|w|d|h|m|s|ms|us|ns)(?:\d+[a-z]+)*\b)
    | (?P<FLOAT>\d+(?:\.\d*(?:[eE][+-]?\d+)?|[eE][+-]?\d+))
    | (?P<INTEGER>\d+)
    | '(?P<STRING>(?:[^']|'')*)'
    | \$\$(?P<DOLLAR>.*?)\$\$
    | "(?P<QUOTED>(?:[^"]|"")+)"
    | (?P<WRONG>.)""",
    re.X | re.S,
)
END = ("END", "<EOF>", 0)
CONSTANTS = {"STRING", "INTEGER", "FLOAT", "UUID", "HEX"}
OPERATORS = {"=", "<", "<=", ">", ">=", "!="}
REFUSED = {
    "grant": "GRANT", "revoke": "REVOKE", "list": "LIST", "describe": "DESCRIBE", "desc": "DESCRIBE",
    "create role": "CREATE ROLE", "create user": "CREATE USER", "create type": "CREATE TYPE",
    "create function": "CREATE FUNCTION", "create aggregate": "CREATE AGGREGATE", "create trigger": "CREATE TRIGGER",
    "create materialized": "CREATE MATERIALIZED VIEW", "create custom": "CREATE CUSTOM INDEX",
    "create or": "CREATE OR REPLACE", "alter role": "ALTER ROLE", "alter user": "ALTER USER", "alter type": "ALTER TYPE",
    "alter materialized": "ALTER MATERIALIZED VIEW", "drop role": "DROP ROLE", "drop user": "DROP USER",
    "drop type": "DROP TYPE", "drop function": "DROP FUNCTION", "drop aggregate": "DROP AGGREGATE",
    "drop trigger": "DROP TRIGGER", "drop materialized": "DROP MATERIALIZED VIEW", "add": "ADD IDENTITY",
}


class Statement(SimpleNamespace):
    """``kind`` says which; ``markers`` are the names of its bind markers, None for each ``?``."""


class Name(tuple):
    """A table or index: ``(keyspace or None, name)``."""

    def __str__(self):
        return ".".join(part for part in self if part)


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
    if len(found) > MAX_TOKENS:
        raise refused(f"a statement of over {MAX_TOKENS:,} tokens")
    found.append(END)
    return found


def parse(text):
    """The Statement in ``text``; Fault if there is none."""
    return Parser(text).statement()


class Parser:
    def __init__(self, text):
        self.text, self.tokens, self.position, self.depth, self.markers = text, tokens(text), 0, 0, []
        self.kind, self.value, _ = self.tokens[0]

    # Tokens

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
        for ahead, kind in enumerate(kinds):
            if self.tokens[min(self.position + ahead, len(self.tokens) - 1)][0] != kind:
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
        if expected:
            return Fault(SYNTAX, f"line {line}:{column} mismatched input '{value[:100]}' expecting {expected}")
        return Fault(SYNTAX, f"line {line}:{column} no viable alternative at input '{value[:100]}'")

    def name(self):
        """An identifier."""
        kind = self.kind
        if kind == "QUOTED" or kind[0].islower() and kind not in RESERVED:
            return self.step()
        raise self.wrong("IDENT")

    def table(self):
        first = self.name()
        return Name((first, self.name())) if self.take(".") else Name((None, first))

    def listed(self, read, end=None):
        """What ``read`` reads, between commas, up to ``end``."""
        if end and self.take(end):
            return []
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

    # Statements

    def statement(self):
        word = self.kind
        for words in (word, f"{word} {self.peek()}"):
            if words in REFUSED:
                raise refused(REFUSED[words])
        read = getattr(self, f"{word}_statement", None) if word[0].islower() else None
        if read is None or word in ("if", "end"):
            raise self.wrong()
        self.step()
        statement = read()
        self.take(";")
        if self.kind != "END":
            raise self.wrong("EOF")
        statement.markers = self.markers
        return statement

    def select_statement(self):
        if self.kind == "json" and self.peek() not in (",", "from", "as", "("):
            raise refused("SELECT JSON")
        distinct = self.kind == "distinct" and self.peek() not in (",", "from", "as") and self.take("distinct")
        columns = [] if self.take("*") else self.listed(self.selector)
        self.expect("from")
        statement = Statement(
            kind="select", table=self.table(), distinct=distinct, columns=columns,
            where=[], order=[], partition_limit=None, limit=None, filtering=False,
        )
        if self.take("where"):
            statement.where = self.conditions()
        if self.take("group", "by"):
            raise refused("GROUP BY")
        if self.take("order", "by"):
            statement.order = self.listed(self.ordering)
        if self.take("per", "partition", "limit"):
            statement.partition_limit = self.integer()
        if self.take("limit"):
            statement.limit = self.integer()
        statement.filtering = self.take("allow", "filtering")
        return statement

    def integer(self):
        """A whole number or a marker."""
        if self.kind in ("INTEGER", "?", ":") or self.kind == "-" and self.peek() == "INTEGER":
            return self.term()
        raise self.wrong("INTEGER")

    def selector(self):
        start = self.tokens[self.position][2]
        term = self.selected()
        text = self.text[start : self.tokens[self.position][2] or None].strip()
        return term, self.name() if self.take("as") else None, text

    def selected(self):
        """A column, or a function of columns and constants."""
        self.nest()
        kind = self.kind
        if kind == "count" and self.peek() == "(" and (self.peek(2) == "*" or self.peek(2) == "INTEGER"):
            self.expect("count", "(")
            if self.step() not in ("*", "1"):
                raise self.wrong()
            self.expect(")")
            term = ("count",)
        elif kind == "cast" and self.peek() == "(":
            self.expect("cast", "(")
            term = self.selected()
            self.expect("as")
            term = ("cast", term, self.type())
            self.expect(")")
        elif self.peek() == "(" and (kind[0].islower() or kind == "QUOTED"):
            name = self.step()
            self.expect("(")
            term = ("call", name, self.listed(self.selected, ")"))
        elif kind in CONSTANTS or kind in ("?", ":", "-"):
            term = self.term()
        elif kind in ("(", "[", "{"):
            raise refused("a collection, tuple or type hint in a selection")
        else:
            term = ("column", self.name())
        if self.kind in ("+", "-", "*", "/", "%"):
            raise refused("arithmetic")
        if self.kind in (".", "["):
            raise refused("a selection of a part of a value")
        self.depth -= 1
        return term

    def ordering(self):
        name = self.name()
        if self.kind == "ann":
            raise refused("ANN")
        return name, self.take("desc") or self.take("asc") and False

    def insert_statement(self):
        self.expect("into")
        table = self.table()
        if self.take("json"):
            raise refused("INSERT JSON")
        self.expect("(")
        columns = self.listed(self.name, ")")
        self.expect("values", "(")
        values = self.listed(self.term, ")")
        missing = self.take("if", "not", "exists")
        using = self.using()
        return Statement(kind="insert", table=table, columns=columns, values=values, missing=missing, using=using)

    def update_statement(self):
        table, using = self.table(), self.using()
        self.expect("set")
        changes = self.listed(self.change)
        for column, element, operation, _ in changes:
            same = [change for change in changes if change[0] == column]
            if len(same) > 1 and element is None and operation == "=":
                raise Fault(SYNTAX, f"Multiple incompatible setting of column {column}")
        self.expect("where")
        where = self.conditions()
        exists, conditions = self.conditional()
        return Statement(
            kind="update", table=table, using=using, changes=changes, where=where, exists=exists, conditions=conditions,
        )

    def change(self):
        """``(column, element or None, operation, term)``."""
        column, element = self.name(), None
        if self.take("["):
            element = self.term()
            self.expect("]")
        if self.kind == ".":
            raise refused("a field of a value")
        operation = self.kind
        if operation in ("+=", "-="):
            self.step()
            return column, element, operation, self.term()
        self.expect("=")
        if self.kind[0].islower() and self.peek() in ("+", "-") or self.kind == "QUOTED":
            if self.name() != column:
                raise Fault(SYNTAX, f"Only expressions of the form X = X + <value> are supported, X is {column}.")
            operation = self.step() + "="
            return column, element, operation, self.term()
        term = self.term()
        if self.take("+"):
            if self.name() != column:
                raise Fault(SYNTAX, f"Only expressions of the form X = <value> + X are supported, X is {column}.")
            return column, element, "=+", term
        return column, element, "=", term

    def delete_statement(self):
        columns = [] if self.kind == "from" else self.listed(self.deletion)
        self.expect("from")
        table, using = self.table(), self.using("timestamp")
        self.expect("where")
        where = self.conditions()
        exists, conditions = self.conditional()
        return Statement(
            kind="delete", table=table, using=using, columns=columns, where=where, exists=exists, conditions=conditions,
        )

    def deletion(self):
        column, element = self.name(), None
        if self.take("["):
            element = self.term()
            self.expect("]")
        return column, element

    def using(self, *allowed):
        """USING TIMESTAMP and TTL: the term of each."""
        found = {}
        if self.take("using"):
            while not found or self.take("and"):
                if self.kind not in (allowed or ("timestamp", "ttl")):
                    raise self.wrong("TIMESTAMP")
                name = self.step()
                found[name] = self.integer()
        return found

    def conditional(self):
        """``(IF EXISTS?, conditions)``."""
        if not self.take("if"):
            return False, []
        if self.take("exists"):
            return True, []
        return False, self.conditions(self.condition)

    def conditions(self, read=None):
        found = [(read or self.relation)()]
        while self.take("and"):
            found.append((read or self.relation)())
        return found

    def condition(self):
        """``(column, element, operator, term or terms)``."""
        column, element = self.name(), None
        if self.take("["):
            element = self.term()
            self.expect("]")
        if self.kind == ".":
            raise refused("a field of a value")
        if self.kind in ("like", "is"):
            raise self.wrong()
        return column, element, *self.comparison()

    def comparison(self):
        """``(operator, term)``; of IN, a list of terms or one marker."""
        if self.kind in OPERATORS:
            return self.step(), self.term()
        if self.take("in"):
            if self.take("("):
                return "in", self.listed(self.term, ")")
            if self.kind in ("?", ":"):
                return "in", self.term()
            raise self.wrong("'('")
        if self.take("contains"):
            return ("contains key" if self.take("key") else "contains"), self.term()
        if self.take("like"):
            return "like", self.term()
        if self.take("is", "not", "null"):
            return "is not null", ("NULL",)
        raise self.wrong()

    def relation(self):
        """``(target, operator, term)``: a column, ("token", columns), ("tuple", columns) or ("element", column, key)."""
        if self.kind == "token":
            self.expect("token", "(")
            return ("token", self.listed(self.name, ")")), *self.comparison()
        if self.take("("):
            if self.kind == "(" or self.kind[0].islower() and self.peek() not in (",", ")"):
                raise refused("a relation in parentheses")
            return ("tuple", self.listed(self.name, ")")), *self.comparison()
        name = self.name()
        if self.take("["):
            target = ("element", name, self.term())
            self.expect("]")
            return target, *self.comparison()
        return name, *self.comparison()

    def begin_statement(self):
        kind = self.step() if self.kind in ("unlogged", "counter") else "logged"
        self.expect("batch")
        using, statements = self.using(), []
        if "ttl" in using:
            raise invalid("Global TTL on the BATCH statement is not supported.")
        while not self.take("apply", "batch"):
            if self.kind not in ("insert", "update", "delete"):
                raise self.wrong("K_APPLY")
            statements.append(getattr(self, f"{self.step()}_statement")())
            self.take(";")
        return Statement(kind="batch", type=kind, using=using, statements=statements)

    def use_statement(self):
        return Statement(kind="use", keyspace=self.name())

    def truncate_statement(self):
        self.take("table") or self.take("columnfamily")
        return Statement(kind="truncate", table=self.table())

    def if_(self, *words):
        """Whether there is an IF [NOT] EXISTS."""
        return self.take("if", *words, "exists")

    def create_statement(self):
        kind = self.step()
        if kind in ("keyspace", "schema"):
            quiet, name = self.if_("not"), self.name()
            return Statement(kind="create keyspace", name=name, quiet=quiet, options=self.required_properties())
        if kind in ("table", "columnfamily"):
            return self.create_table()
        if kind == "index":
            return self.create_index()
        raise self.wrong()

    def create_table(self):
        statement = Statement(
            kind="create table", quiet=self.if_("not"), table=self.table(), columns=[], partition=[], clustering=[],
            order=[], options={},
        )
        if self.take("like"):
            raise refused("CREATE TABLE LIKE")
        self.expect("(")
        while True:
            if self.take("primary", "key"):
                if statement.partition:
                    raise invalid("Multiple PRIMARY KEY specified (exactly one required)")
                self.expect("(")
                statement.partition = self.listed(self.name, ")") if self.take("(") else [self.name()]
                statement.clustering = self.listed(self.name) if self.take(",") else []
                self.expect(")")
            else:
                column = self.name()
                statement.columns.append((column, self.type()))
                if self.kind in ("static", "masked"):
                    raise refused(f"a {self.kind.upper()} column")
                if self.take("primary", "key"):
                    if statement.partition:
                        raise invalid("Multiple PRIMARY KEY specified (exactly one required)")
                    statement.partition = [column]
            if not self.take(",") or self.kind == ")":
                break
        self.expect(")")
        statement.options = self.properties(statement.order)
        return statement

    def required_properties(self):
        if self.kind != "with":
            raise self.wrong("K_WITH")
        return self.properties()

    def properties(self, order=None):
        """WITH a = b AND ...: a dict; CLUSTERING ORDER goes into ``order``."""
        found = {}
        if self.take("with"):
            while True:
                if order is not None and self.take("clustering", "order", "by"):
                    self.expect("(")
                    order += self.listed(self.ordering, ")")
                elif order is not None and self.take("compact", "storage"):
                    raise refused("COMPACT STORAGE")
                else:
                    name = self.name()
                    self.expect("=")
                    found[name] = self.property()
                if not self.take("and"):
                    break
        return found

    def property(self):
        """A string, or a dict of strings."""
        term = self.term()
        if term[0] == "map":
            return {key[1]: value[1] for key, value in term[1]}
        if term[0] == "set" and not term[1]:
            return {}
        if len(term) != 2 or not isinstance(term[1], str):
            raise self.wrong()
        return term[1]

    def create_index(self):
        quiet = self.if_("not")
        name = None if self.kind == "on" else self.table()
        self.expect("on")
        table = self.table()
        self.expect("(")
        target = "values"
        if self.kind in ("keys", "values", "entries", "full") and self.peek() == "(":
            target = self.step()
            self.expect("(")
            column = self.name()
            self.expect(")")
        else:
            column = self.name()
        self.expect(")")
        if self.take("using"):
            raise refused("CREATE INDEX ... USING")
        self.properties()
        return Statement(kind="create index", name=name, table=table, column=column, target=target, quiet=quiet)

    def alter_statement(self):
        kind = self.step()
        if kind in ("keyspace", "schema"):
            quiet, name = self.if_(), self.name()
            return Statement(kind="alter keyspace", quiet=quiet, name=name, options=self.required_properties())
        if kind not in ("table", "columnfamily"):
            raise self.wrong()
        statement = Statement(kind="alter table", quiet=self.if_(), table=self.table(), add=[], drop=[], rename=[])
        statement.options = {}
        if self.take("add"):
            statement.skip = self.if_("not")
            closing = self.take("(")
            statement.add = self.listed(lambda: (self.name(), self.type()), ")" if closing else None)
            if self.kind == "static":
                raise refused("a STATIC column")
        elif self.take("drop"):
            statement.skip = self.if_()
            closing = self.take("(")
            statement.drop = self.listed(self.name, ")" if closing else None)
            if self.kind == "using":
                raise refused("DROP ... USING TIMESTAMP")
        elif self.take("rename"):
            raise refused("ALTER TABLE RENAME")
        elif self.kind == "with":
            statement.options = self.properties()
        elif self.kind == "alter":
            raise refused("ALTER TABLE ALTER")
        else:
            raise self.wrong()
        return statement

    def drop_statement(self):
        kind = {"schema": "keyspace", "columnfamily": "table"}.get(self.kind, self.kind)
        if kind not in ("keyspace", "table", "index"):
            raise self.wrong()
        self.step()
        quiet = self.if_()
        return Statement(kind=f"drop {kind}", quiet=quiet, table=self.name() if kind == "keyspace" else self.table())

    # Types and terms

    def type(self):
        """``(name, types of the parts)``."""
        if self.kind == "STRING":
            raise refused("a type named as a Java class")
        self.nest()
        name, parts = self.step() if self.kind == "set" else self.name(), []
        if self.take("<"):
            if name == "vector":
                raise refused("the type vector")
            parts = self.listed(self.type, ">")
        self.depth -= 1
        return name, parts

    def term(self):
        kind = self.kind
        if kind in CONSTANTS:
            term = (kind, self.step())
        elif kind == "?":
            self.step()
            return self.marker(None)
        elif kind == ":":
            self.step()
            return self.marker(self.step() if self.kind[0].islower() else self.name())
        elif kind in ("true", "false"):
            term = ("BOOLEAN", self.step())
        elif kind == "null":
            self.step()
            term = ("NULL",)
        elif kind in ("nan", "infinity"):
            term = ("FLOAT", self.step())
        elif kind == "-" and self.peek() in ("INTEGER", "FLOAT", "infinity", "nan"):
            self.step()
            term = ({"INTEGER": "INTEGER"}.get(self.kind, "FLOAT"), "-" + self.step())
        elif kind == "DURATION":
            raise refused("the type duration")
        elif kind in ("[", "{", "("):
            term = self.collection(kind)
        elif self.peek() == "(" and (kind[0].islower() or kind == "QUOTED"):
            self.nest()
            name = self.step()
            self.expect("(")
            term = ("call", name, self.listed(self.term, ")"))
            self.depth -= 1
        else:
            raise self.wrong()
        if self.kind in ("*", "/", "%") or self.kind in ("+", "-") and self.peek() in CONSTANTS:
            raise refused("arithmetic")
        return term

    def marker(self, name):
        self.markers.append(name)
        return ("?", len(self.markers) - 1)

    def collection(self, kind):
        self.nest()
        self.step()
        if kind == "[":
            term = ("list", self.listed(self.term, "]"))
        elif kind == "(":
            if self.kind[0].islower() and self.peek() in (")", "<"):
                raise refused("a type hint")
            term = ("tuple", self.listed(self.term, ")"))
        elif self.take("}"):
            term = ("set", [])
        else:
            first = self.term()
            if self.take(":"):
                pairs = [(first, self.term())]
                while self.take(","):
                    key = self.term()
                    self.expect(":")
                    pairs.append((key, self.term()))
                term = ("map", pairs)
            else:
                term = ("set", [first] + (self.listed(self.term) if self.take(",") else []))
            self.expect("}")
        self.depth -= 1
        return term
