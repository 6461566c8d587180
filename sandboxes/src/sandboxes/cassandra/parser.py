"""CQL texts -> statements, by recursive descent over the tokens of one regular expression.

A statement is a Statement with the fields that the functions of Parser give it. A term is a tuple that
begins with its kind: ("STRING" or another constant, text), ("NULL",), ("?", number), ("list" or "set" or
"tuple", terms), ("map", pairs), ("call", name, terms); in a selection also ("column", name), ("count",).
A table is ``(keyspace or None, name)``, a type ``(name, types of its parts)``.
"""

from .definitions import Definitions
from .errors import SYNTAX, Fault, invalid, refused
from .lexer import CONSTANTS
from .statement import Statement

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


def parse(text):
    """The Statement in ``text``; Fault if there is none."""
    return Parser(text).statement()


class Parser(Definitions):
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
        elif kind == "-" and self.peek() not in CONSTANTS | {"infinity", "nan"}:
            raise refused("arithmetic")
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
        conditional = not statement.exists and self.take("if")
        statement.conditions = self.conditions(self.condition) if conditional else []
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
            columns = self.listed(self.name, ")")
            if self.kind not in OPERATORS:
                raise self.wrong()
            return ("token", columns), *self.comparison()
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

    def use_statement(self):
        return Statement(kind="use", keyspace=self.name())

    def truncate_statement(self):
        self.take("table") or self.take("columnfamily")
        return Statement(kind="truncate", table=self.table())
