"""Types, and terms: constants, bind markers, collections, calls of functions ("Terms", "Data Types")."""

from .errors import SYNTAX, Fault, refused
from .lexer import CONSTANTS, Tokens

WORDS = {"null", "true", "false", "nan", "infinity"}  # that are terms


class Literals(Tokens):
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
            name = None if kind == "?" else self.name()
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
        elif kind == "-" and (self.peek() in ("(", "?", ":") or self.peek(2) == "("):
            raise refused("arithmetic")
        elif self.is_call():
            if kind == "cast":
                raise refused("CAST")
            self.nest()
            term = self.call(self.term)
            self.depth -= 1
        else:
            raise self.wrong()
        if self.is_minus() or (self.kind in ("+", "*", "/", "%") and self.peek() in CONSTANTS):
            raise refused("arithmetic")
        return term

    def is_minus(self):
        """Whether something is to be taken away: ``5 - 4``; in ``5 -4`` are two numbers."""
        if self.kind != "-" or self.peek() not in CONSTANTS:
            return self.kind == "-" and self.peek() in ("-", "(")
        return self.tokens[self.position + 1][2] > self.tokens[self.position][2] + 1

    def constant(self, sign):
        kind, text = self.kind, self.step()
        if kind == "FLOAT" and float(text) == float("inf"):
            raise Fault(SYNTAX, f"{text[:100]} is too large")
        return "FLOAT" if kind.islower() else kind, sign + text

    def collection(self, kind):
        self.nest()
        self.step()
        if kind == "(":
            if self.kind[0].islower() and self.kind not in WORDS and self.peek() in (")", "<"):
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

    def integer(self):
        """A whole number or a marker."""
        if self.kind in ("INTEGER", "?", ":") or (self.kind == "-" and self.peek() == "INTEGER"):
            return self.term()
        raise self.wrong("INTEGER")

    def call(self, read):
        name = self.step()
        self.expect("(")
        return "call", name, [] if self.take(")") else self.listed(read, ")")
