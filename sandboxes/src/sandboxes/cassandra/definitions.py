"""CREATE, ALTER, DROP and DESCRIBE -> Statements ("Data Definition").

``quiet`` says that there is IF [NOT] EXISTS.
"""

from .errors import SYNTAX, Fault, invalid, refused
from .literals import Literals
from .statement import Statement


class Definitions(Literals):
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
                order += self.listed(self.direction, ")")
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
        self.expect("(")
        statement.targets = [] if self.take(")") else self.listed(self.index_target, ")")
        if self.take("using"):
            raise refused("CREATE INDEX ... USING")
        for option in self.properties():
            if option != "options":
                raise Fault(SYNTAX, f"Unknown property '{option}'")
            raise invalid("Cannot specify options for a non-CUSTOM index")
        return statement

    def index_target(self):
        """``(column, which part of it)``."""
        if self.kind in ("keys", "values", "entries", "full") and self.peek() == "(":
            part = self.step()
            self.expect("(")
            column = self.name()
            self.expect(")")
            return column, part
        return self.name(), "values"

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

    def ordering(self):
        """``(column, whether it is descending)``."""
        return self.name(), self.take("desc") or (self.take("asc") and False)

    def direction(self):
        """The same, where ASC or DESC must be said."""
        if self.is_name() and self.peek() not in ("asc", "desc"):
            self.step()
            raise self.wrong()
        return self.ordering()

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
