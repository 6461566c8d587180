"""The comparisons of an IF."""

from .changes import element_of
from .errors import invalid, refused
from .filters import COMPARE
from .terms import UNSET
from .types import INT, Collection
from .where import Named


class Condition:
    """``column operator term``, or ``column[element] operator term``."""

    def __init__(self, binder, column, element, operator, term):
        self.column, self.operator, self.find, type_ = column, operator, None, column.type
        kind = type_.kind if isinstance(type_, Collection) else None
        of = column
        if element is not None:
            if kind not in ("list", "map"):
                raise invalid(f"Invalid element access syntax for column {column.name}")
            self.find = element_of(binder, column, element)
            of = Named(f"value({column.name})", type_.parts[-1])
        elif operator.startswith("contains"):
            if not kind or (operator == "contains key" and kind != "map"):
                raise invalid(f"Cannot use {operator.upper()} on column {column.name} of type {type_}")
            key = operator == "contains key"
            of = Named(f"{'key' if key else 'value'}({column.name})", type_.parts[0 if key else -1])
        self.type = of.type
        if operator == "in" and not isinstance(term, list):
            whole = Collection("list", [of.type], frozen=True)
            get = binder.bind(term, whole, f"in({of.name})")
            self.wanted = lambda values: self.elements(whole, get(values))
        else:
            terms = term if operator == "in" else [term]
            gets = [binder.bind(item, of.type, of.name, of) for item in terms]
            self.wanted = lambda values: [get(values) for get in gets]

    def holds(self, row, now, values):
        """Whether it does for a row, which may be None."""
        data, wanted = row.value(self.column, now) if row else None, self.wanted(values)
        if UNSET in wanted and self.operator == "in":
            wanted = [item for item in wanted if item is not UNSET]
        elif UNSET in wanted and not self.operator.startswith("contains"):
            raise invalid(f"Invalid unset value for column {self.column.name}")
        if self.operator.startswith("contains"):
            items = self.column.type.split(data) if data else []
            return wanted[0] in [item[0 if self.operator == "contains key" else -1] for item in items]
        if self.find:
            key = self.find(values)
            if key is UNSET:
                raise refused("an unset value for the key of an element")
            if key is None:
                raise invalid(f"Invalid null value for {self.column.type.kind} element access")
            if self.column.type.kind == "list" and INT.key(key) < 0:
                raise invalid(f"Invalid negative list index {INT.key(key)}")
            data = None if data is None else self.element(self.column.type, data, key)
        operator = "=" if self.operator == "in" else self.operator
        return any(self.compare(operator, data, item) for item in wanted)

    def elements(self, whole, data):
        """The values of ``IN ?``."""
        if data is None or data is UNSET:
            what = "null" if data is None else "unset"
            raise invalid(f"Invalid {what} value for column {self.column.name}")
        return [item[0] for item in whole.split(data)]

    @staticmethod
    def element(type_, data, key):
        items = type_.split(data)
        if type_.kind == "map":
            return dict(items).get(key)
        index = INT.key(key)
        return items[index][0] if 0 <= index < len(items) else None

    def compare(self, operator, data, wanted):
        # A collection that is empty is none at all.
        if wanted is None or (self.type.multicell and not self.type.split(wanted)):
            if operator not in ("=", "!="):
                raise invalid(f'Invalid comparison with null for operator "{operator}"')
            return (data is None) == (operator == "=")
        if data is None:
            return operator == "!="
        return COMPARE[operator](self.type.key(data), self.type.key(wanted))
