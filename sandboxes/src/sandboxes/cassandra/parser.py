"""CQL texts -> statements, by recursive descent over the tokens of one regular expression.

A statement is a Statement with the fields that the functions of Parser give it. A term is a tuple that
begins with its kind: ("STRING" or another constant, text), ("NULL",), ("?", number), ("list" or "set" or
"tuple", terms), ("map", pairs), ("call", name, terms); in a selection also ("column", name), ("count",).
A table is ``(keyspace or None, name)``, a type ``(name, types of its parts)``.
"""

import re
from types import SimpleNamespace

from .errors import SYNTAX, Fault, invalid, refused

MAX_DEPTH, MAX_TOKENS = 50, 200_000
RESERVED = set(
    "add allow alter and apply asc authorize batch begin by columnfamily create delete desc describe drop "
    "entries execute from full grant if in index infinity insert into is keyspace limit materialized modify "
    "nan norecursive not null of on or order primary rename revoke schema select set table to token truncate "
    "unlogged update use true false using view where with".split()
)
TOKEN = re.compile(
    r"""\s+ | /\*.*?\*/ | (?:--|//)[^\n]*\n | (?P<CUT>--|//|/\*)
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
KINDS = "role user type function aggregate trigger materialized".split()
REFUSED = {f"{verb} {kind}" for verb in ("create", "alter", "drop") for kind in KINDS} | {
    "grant",
    "revoke",
    "list",
    "add",
    "create or",
    "create custom",
}


class Statement(SimpleNamespace):
    """``kind`` says which; ``markers`` are the names of its bind markers, None for each ``?``."""


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

    # Statements

    def statement(self):
        word = self.kind
        for words in (word, f"{word} {self.peek()}"):
            if words in REFUSED:
                raise refused(words.upper().replace("MATERIALIZED", "MATERIALIZED VIEW"))
        read = getattr(self, f"{word}_statement", None) if word[0].islower() else None
        if read is None:
            raise self.wrong()
        self.step()
        statement = read()
        while self.take(";"):
            pass
        if self.kind != "END":
            raise self.wrong("EOF")
        statement.markers = self.markers
        return statement

    def select_statement(self):
        alone = self.peek() in (",", "from", "as", "(")  # json or distinct is a column here
        json = not alone and self.take("json")
        alone = self.peek() in (",", "from", "as", "(")
        distinct = not alone and self.take("distinct")
        columns = [] if self.take("*") else self.listed(self.selector)
        self.expect("from")
        statement = Statement(
            kind="select",
            table=self.table(),
            json=json,
            distinct=distinct,
            columns=columns,
            where=[],
            order=[],
            partition_limit=None,
            limit=None,
        )
        if self.take("where"):
            statement.where = self.conditions(self.relation)
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
        if self.kind in ("INTEGER", "?", ":") or (self.kind == "-" and self.peek() == "INTEGER"):
            return self.term()
        raise self.wrong("INTEGER")

    def selector(self):
        """``(term, alias or None)``."""
        return self.selected(), self.name() if self.take("as") else None

    def selected(self):
        """A column, or a function of columns and constants."""
        self.nest()
        kind = self.kind
        if self.take("count", "(", "*", ")") or self.take("count", "(", "INTEGER", ")"):
            term = ("count",)
        elif self.is_call():
            if kind == "cast":
                raise refused("CAST")
            term = self.call(self.selected)
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

    def call(self, read):
        name = self.step()
        self.expect("(")
        return "call", name, [] if self.take(")") else self.listed(read, ")")

    def ordering(self):
        """``(column, whether it is descending)``."""
        return self.name(), self.take("desc") or (self.take("asc") and False)

    def insert_statement(self):
        self.expect("into")
        statement = Statement(kind="insert", table=self.table(), json=None)
        if self.take("json"):
            if self.kind not in ("STRING", "?", ":"):
                raise self.wrong()
            statement.json, statement.unset = self.term(), False
            if self.take("default"):
                statement.unset = self.take("unset")
                if not statement.unset:
                    self.expect("null")
        else:
            self.expect("(")
            statement.columns = self.listed(self.name, ")")
            self.expect("values", "(")
            statement.values = self.listed(self.term, ")")
        statement.missing = self.take("if", "not", "exists")
        statement.using = self.using()
        return statement

    def update_statement(self):
        statement = Statement(kind="update", table=self.table(), using=self.using())
        self.expect("set")
        statement.changes = self.listed(self.change)
        names = [column for column, *_ in statement.changes]
        for column, element, operation, _ in statement.changes:
            if names.count(column) > 1 and element is None and operation == "=":
                raise Fault(SYNTAX, f"Multiple incompatible setting of column {column}")
        return self.where(statement)

    def delete_statement(self):
        columns = [] if self.kind == "from" else self.listed(self.target)
        self.expect("from")
        statement = Statement(kind="delete", columns=columns, table=self.table())
        statement.using = self.using("timestamp")
        return self.where(statement)

    def where(self, statement):
        self.expect("where")
        statement.where = self.conditions(self.relation)
        statement.exists = self.take("if", "exists")
        statement.conditions = self.conditions(self.condition) if self.take("if") else []
        return statement

    def target(self):
        """``(column, term of the element or None)``."""
        column, element = self.name(), None
        if self.take("["):
            element = self.term()
            self.expect("]")
        if self.kind == ".":
            raise refused("a field of a value")
        return column, element

    def change(self):
        """``(column, element, operation, term)``."""
        column, element = self.target()
        operation = self.kind
        if operation not in ("+=", "-="):
            self.expect("=")
            if not self.is_name() or self.is_call():
                term = self.term()
                if self.take("+"):
                    self.same(column)
                    return column, element, "=+", term
                return column, element, "=", term
            self.same(column)
            operation = self.kind + "="
            if operation not in ("+=", "-="):
                raise self.wrong()
        self.step()
        return column, element, operation, self.term()

    def same(self, column):
        if self.name() != column:
            raise Fault(SYNTAX, f"Only expressions like {column} = {column} + <value> are supported.")

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

    def conditions(self, read):
        found = [read()]
        while self.take("and"):
            found.append(read())
        return found

    def condition(self):
        """``(column, element, operator, term or terms)``."""
        target = self.target()
        if self.kind in ("like", "is"):
            raise self.wrong()
        return *target, *self.comparison()

    def comparison(self):
        """``(operator, term)``; of IN, a list of terms or one marker."""
        if self.kind in OPERATORS:
            return self.step(), self.term()
        if self.take("in"):
            if self.take("(", ")"):
                return "in", []
            if self.take("("):
                return "in", self.listed(self.term, ")")
            if self.kind in ("?", ":"):
                return "in", self.term()
            raise self.wrong("'('")
        if self.take("contains"):
            return ("contains key" if self.take("key") else "contains"), self.term()
        if self.take("like"):
            return "like", self.term()
        self.expect("is", "not", "null")
        return "is not null", ("NULL",)

    def relation(self):
        """``(target, operator, term)``.

        A target is a column, ("token" or "tuple", columns) or ("element", column, key).
        """
        if self.take("token"):
            self.expect("(")
            return ("token", self.listed(self.name, ")")), *self.comparison()
        if self.take("("):
            if self.kind == "(" or (self.is_name() and self.peek() not in (",", ")")):
                raise refused("a relation in parentheses")
            return ("tuple", self.listed(self.name, ")")), *self.comparison()
        name, element = self.target()
        return (("element", name, element) if element else name), *self.comparison()

    def begin_statement(self):
        kind = self.step() if self.kind in ("unlogged", "counter") else "logged"
        self.expect("batch")
        using, statements = self.using(), []
        if "ttl" in using:
            raise invalid("Global TTL on the BATCH statement is not supported.")
        while not self.take("apply", "batch"):
            if self.kind not in ("insert", "update", "delete"):
                raise self.wrong("APPLY")
            statements.append(getattr(self, f"{self.step()}_statement")())
            self.take(";")
        return Statement(kind="batch", type=kind, using=using, statements=statements)

    def describe_statement(self):
        """DESCRIBE: ``what`` is the method of Describe; ``name`` what it takes."""
        listed = {"types": "nothing", "functions": "nothing", "aggregates": "nothing"}
        statement = Statement(kind="describe", what=None, name=None, only=False)
        if self.kind in ("keyspaces", "tables", "cluster", "schema", *listed):
            word = self.step()
            statement.what = listed.get(word, word)
        elif self.take("full", "schema"):
            raise refused("DESCRIBE FULL SCHEMA")
        elif self.take("only", "keyspace") or self.take("keyspace"):
            statement.only = self.tokens[self.position - 2][0] == "only"
            statement.what, statement.name = "one_keyspace", self.name() if self.is_name() else None
        elif self.take("table") or self.take("columnfamily"):
            statement.what, statement.name = "table", self.table()
        elif self.take("index"):
            statement.what, statement.name = "index", self.table()
        elif self.kind in ("type", "function", "aggregate", "materialized") and self.peek() not in ("END", ";", "."):
            kind = self.step()
            if kind == "materialized":
                self.expect("view")
            statement.what, statement.name = "absent", (*self.table(), kind)
        else:
            statement.what, statement.name = "anything", self.table()
        if self.take("with", "internals"):
            raise refused("DESCRIBE ... WITH INTERNALS")
        return statement

    desc_statement = describe_statement

    def use_statement(self):
        return Statement(kind="use", keyspace=self.name())

    def truncate_statement(self):
        self.take("table") or self.take("columnfamily")
        return Statement(kind="truncate", table=self.table())

    # Definitions: ``quiet`` says that there is IF [NOT] EXISTS

    def create_statement(self):
        if self.take("keyspace") or self.take("schema"):
            return self.keyspace("create keyspace", self.take("if", "not", "exists"))
        if self.take("table") or self.take("columnfamily"):
            return self.create_table()
        self.expect("index")
        return self.create_index()

    def keyspace(self, kind, quiet):
        statement = Statement(kind=kind, quiet=quiet, name=self.name())
        if self.kind != "with":
            raise self.wrong("WITH")
        statement.options = self.properties()
        return statement

    def create_table(self):
        quiet = self.take("if", "not", "exists")
        statement = Statement(kind="create table", quiet=quiet, table=self.table(), columns=[], keys=[], order=[])
        if self.take("like"):
            raise refused("CREATE TABLE LIKE")
        self.expect("(")
        while True:
            if self.take("primary", "key"):
                self.expect("(")
                partition = self.listed(self.name, ")") if self.take("(") else [self.name()]
                statement.keys.append((partition, self.listed(self.name) if self.take(",") else []))
                self.expect(")")
            else:
                statement.columns.append(self.column())
                if self.take("primary", "key"):
                    statement.keys.append(([statement.columns[-1][0]], []))
            if not self.take(",") or self.kind == ")":
                break
        self.expect(")")
        statement.options = self.properties(statement.order)
        return statement

    def column(self):
        column = self.name(), self.type()
        if self.kind in ("static", "masked"):
            raise refused(f"a {self.kind.upper()} column")
        return column

    def properties(self, order=None):
        """WITH a = b AND ...: a dict; CLUSTERING ORDER goes into ``order``."""
        found = {}
        while self.take("and" if found or order else "with"):
            if order is not None and self.take("clustering", "order", "by", "("):
                order += self.listed(self.ordering, ")")
            elif order is not None and self.take("compact", "storage"):
                raise refused("COMPACT STORAGE")
            else:
                name = self.name()
                self.expect("=")
                if name in found:
                    raise Fault(SYNTAX, f"Multiple definitions for property '{name}'")
                found[name] = self.property()
        return found

    def property(self):
        """A string, or a dict of strings."""
        term = self.term()
        if term == ("set", []):
            return {}
        if term[0] == "map" and all(len(part) == 2 for pair in term[1] for part in pair):
            return {key[1]: value[1] for key, value in term[1]}
        if len(term) != 2 or not isinstance(term[1], str):
            raise self.wrong()
        return term[1]

    def create_index(self):
        quiet = self.take("if", "not", "exists")
        name = None if self.kind == "on" else self.table()
        self.expect("on")
        statement = Statement(kind="create index", quiet=quiet, name=name, table=self.table())
        statement.target = "values"
        self.expect("(")
        if self.kind in ("keys", "values", "entries", "full") and self.peek() == "(":
            statement.target = self.step()
            self.expect("(")
            statement.column = self.name()
            self.expect(")")
        else:
            statement.column = self.name()
        self.expect(")")
        if self.take("using"):
            raise refused("CREATE INDEX ... USING")
        self.properties()
        return statement

    def alter_statement(self):
        if self.take("keyspace") or self.take("schema"):
            return self.keyspace("alter keyspace", self.take("if", "exists"))
        if not self.take("table"):
            self.expect("columnfamily")
        quiet = self.take("if", "exists")
        statement = Statement(kind="alter table", quiet=quiet, table=self.table())
        statement.add, statement.drop, statement.options = [], [], {}
        if self.take("add"):
            statement.skip = self.take("if", "not", "exists")
            statement.add = self.listed(self.column, ")") if self.take("(") else [self.column()]
        elif self.take("drop"):
            statement.skip = self.take("if", "exists")
            statement.drop = self.listed(self.name, ")") if self.take("(") else [self.name()]
            if self.kind == "using":
                raise refused("DROP ... USING TIMESTAMP")
        elif self.kind in ("rename", "alter"):
            raise refused(f"ALTER TABLE ... {self.kind.upper()}")
        elif self.kind == "with":
            statement.options = self.properties()
        else:
            raise self.wrong()
        return statement

    def drop_statement(self):
        kind = {"columnfamily": "table"}.get(self.kind, self.kind)
        if kind not in ("keyspace", "table", "index"):
            raise self.wrong()
        self.step()
        quiet = self.take("if", "exists")
        if kind == "keyspace":
            return Statement(kind="drop keyspace", quiet=quiet, name=self.name())
        return Statement(kind=f"drop {kind}", quiet=quiet, table=self.table())

    # Types and terms

    def type(self):
        if self.kind == "STRING":
            raise refused("a type named as a Java class")
        self.nest()
        name, parts = self.step() if self.kind == "set" else self.name(), []
        if self.kind == ".":
            raise refused(f"the user-defined type {name}.{self.tokens[self.position + 1][1]}")
        if self.take("<"):
            if name == "vector":
                raise refused("the type vector")
            parts = self.listed(self.type, ">")
        self.depth -= 1
        return name, parts

    def term(self):
        kind = self.kind
        if kind in CONSTANTS:
            term = self.constant("")
        elif kind == "?" or kind == ":":
            self.step()
            name = None if kind == "?" else self.step() if self.kind[0].islower() else self.name()
            self.markers.append(name)
            return "?", len(self.markers) - 1
        elif kind in ("true", "false"):
            term = ("BOOLEAN", self.step())
        elif kind == "null":
            self.step()
            term = ("NULL",)
        elif kind in ("nan", "infinity"):
            term = ("FLOAT", self.step())
        elif kind == "-" and self.peek() in ("INTEGER", "FLOAT", "infinity", "nan"):
            self.step()
            term = self.constant("-")
        elif kind == "DURATION":
            raise refused("the type duration")
        elif kind in ("[", "{", "("):
            term = self.collection(kind)
        elif self.is_call():
            self.nest()
            term = self.call(self.term)
            self.depth -= 1
        else:
            raise self.wrong()
        if self.kind in ("+", "*", "/", "%") and self.peek() in CONSTANTS:
            raise refused("arithmetic")
        return term

    def constant(self, sign):
        kind, text = self.kind, self.step()
        if kind == "FLOAT" and float(text) == float("inf"):
            raise Fault(SYNTAX, f"{text[:100]} is too large")
        return "FLOAT" if kind.islower() else kind, sign + text

    def collection(self, kind):
        self.nest()
        self.step()
        if kind == "(":
            if self.kind[0].islower() and self.peek() in (")", "<"):
                raise refused("a type hint")
            term = ("tuple", self.listed(self.term, ")"))
        elif kind == "[":
            term = ("list", [] if self.take("]") else self.listed(self.term, "]"))
        elif self.take("}"):
            term = ("set", [])
        elif self.is_name() and self.peek() == ":":
            raise refused("a literal of a user-defined type")
        else:
            items = self.listed(lambda: (self.term(), self.take(":") and self.term()), "}")
            if len({bool(value) for _, value in items}) > 1:
                raise self.wrong()
            term = ("map", items) if items[0][1] else ("set", [item for item, _ in items])
        self.depth -= 1
        return term
