"""What a WHERE asks for: partitions, slices of their rows, and filters on what is found there."""

from itertools import product

from .errors import SYNTAX, Fault, invalid, refused
from .filters import COMPARE, filter_of
from .lexer import CONSTANTS
from .storage import TOP, partition_bytes, token_of
from .terms import UNSET
from .types import BIGINT, Collection

FILTERING = (
    "Cannot execute this query as it might involve data filtering and thus may have unpredictable "
    "performance. If you want to execute this query despite the performance unpredictability, use ALLOW "
    "FILTERING"
)
MAX_KEY = 65_535  # bytes
MOST = 10_000  # combinations of IN values
FLIPPED = {"<": ">", "<=": ">=", ">": "<", ">=": "<="}


class Where:
    """The relations of a statement, sorted out.

    ``keys``: for each column of the partition key a function of the bound values, which gives the values
    it may have; None: all partitions, or those between ``tokens``. ``prefix``: the same for the first
    clustering columns. ``bounds``: what limits the columns after those. ``filters``: the rest.
    """

    def __init__(self, table, relations, binder, filtering=False):
        self.table, self.binder = table, binder
        self.tokens, self.bounds, self.filters = [], [], []
        self.one, self.many = {}, {}  # by column: its = or IN; its inequalities
        self.first = {}  # by column: the first one of the inequalities that it is in
        self.contains, self.tuples = [], []
        for target, sign, term in relations:
            self.relation(target, sign, term)
        self.keys = self.partition_keys(filtering)
        self.prefix = self.clustering_prefix(filtering)
        self.regular(filtering)

    def relation(self, target, sign, term):
        if sign in ("like", "is not null", "!="):
            raise invalid(f'Unsupported "{sign}" relation')
        if isinstance(target, tuple):
            return getattr(self, f"{target[0]}_relation")(target[1:], sign, term)
        column = self.table.column(target)
        type_ = column.type
        if sign.startswith("contains"):
            return self.contains_relation(column, sign, term)
        if type_.multicell:
            raise invalid(f"Collection column '{target}' cannot be restricted by a '{sign}' relation")
        if sign == "in" and isinstance(term, list) and len(term) == 1:
            sign, term = "=", term[0]
        if sign in ("=", "in"):
            if target in self.one or target in self.many:
                raise twice(target, "an Equal" if sign == "=" else "a IN")
            self.one[target] = sign, self.values(column, sign, term)
        else:
            if target in self.one:
                raise twice(target, "an Equal")
            self.limit([column], sign, self.value(column, term))
        return None

    def limit(self, columns, sign, get):
        """Remember an inequality of columns that follow one another."""
        first = columns[0].name
        for column in columns:
            if self.first.setdefault(column.name, first) != first:
                what = "restricted by two inequalities not starting with the same column"
                raise invalid(f'Column "{column.name}" cannot be {what}')
            self.many.setdefault(column.name, [])
        if any(sign[0] == other[0] for other, _ in self.many[first]):
            what = "start" if sign[0] == ">" else "end"
            raise invalid(f"More than one restriction was found for the {what} bound on {first}")
        self.many[first].append((sign, get))

    def value(self, column, term):
        get = self.binder.bind(term, column.type, column.name, column)

        def one(values):
            data = get(values)
            if data is None:
                raise invalid(f"Invalid null value in condition for column {column.name}")
            if data is UNSET:
                raise invalid(f"Invalid unset value for column {column.name}")
            return data

        return one

    def values(self, column, sign, term):
        """A function that gives the list of values of = or IN."""
        if sign == "=":
            one = self.value(column, term)
            return lambda values: [one(values)]
        if isinstance(term, list):
            each = [self.value(column, item) for item in term]
            return lambda values: [one(values) for one in each]
        # In a regular column a real node lets a null find nothing: refused.
        kind = Collection if column.kind == "regular" else InValues
        whole = kind("list", [column.type], frozen=True)
        get = self.value(Named(f"in({column.name})", whole), term)
        return lambda values: [item[0] for item in whole.split(get(values))]

    def token_relation(self, target, sign, term):
        names = [column.name for column in self.table.partition]
        for name in target[0]:
            self.table.column(name)
        if target[0] != names:
            raise invalid(f"The arguments of token() must be in the partition key order: {', '.join(names)}")
        if sign not in COMPARE:
            raise invalid(f"{sign.upper()} cannot be used with the token function")
        if any(sign[0] == other[0] or "=" in (sign, other) for other, _ in self.tokens):
            raise invalid(f"{', '.join(names)} cannot be restricted in this way by more than one relation")
        if term[0] == "call" and term[1] == "token":
            if len(term[2]) != len(names):
                raise invalid("Invalid number of arguments in call to function token")
            each = [
                self.value(Named(f"arg{i}(system.token)", column.type), item)
                for i, (column, item) in enumerate(zip(self.table.partition, term[2]))
            ]
            token = lambda values: token_of(partition_bytes([one(values) for one in each]))
            self.tokens.append((sign, token))
            return
        get = self.value(Named("partition key token", BIGINT), term)
        self.tokens.append((sign, lambda values: BIGINT.key(get(values))))

    def tuple_relation(self, target, sign, term):
        """(a, b) = ..., IN and inequalities, of clustering columns that follow one another."""
        columns = [self.table.column(name) for name in target[0]]
        for i, column in enumerate(columns):
            if column.kind != "clustering" or (i and column.position != columns[i - 1].position + 1):
                raise invalid("Multi-column relations take clustering columns in the order of the key")
            if column.name in self.one or (column.name in self.many and sign in ("=", "in")):
                raise invalid(f'Column "{column.name}" cannot be restricted by more than one relation')
        type_ = Collection("tuple", [column.type for column in columns])
        name = f"({','.join(target[0])})"
        items = term if sign == "in" and isinstance(term, list) else [term]
        if sign == "in" and not isinstance(term, list):
            whole = Collection("list", [type_], frozen=True)
            get = self.value(Named(f"in{name}", whole), term)
            found = lambda values: [complete(columns, type_.split(item[0])) for item in whole.split(get(values))]
        else:
            each = [self.tuple_value(columns, type_, name, item) for item in items]
            found = lambda values: [one(values) for one in each]
        if sign in ("=", "in"):
            for column in columns:
                self.one[column.name] = sign, None
            self.tuples.append((columns, found))
        elif sign in FLIPPED:
            if len({column.descending for column in columns}) > 1:
                raise refused("an inequality of columns in both orders")
            self.limit(columns, sign, (len(columns), each[0]))
        else:
            raise invalid(f"Unsupported relation {sign}")

    def tuple_value(self, columns, type_, name, term):
        """A function that gives a value for each column: of ``(?, 1)``, or of one marker for all."""
        if term[0] == "tuple":
            if len(term[1]) != len(columns):
                raise invalid(f"Expected {len(columns)} elements in value for tuple {name}, but got {len(term[1])}")
            each = [self.value(column, item) for column, item in zip(columns, term[1])]
            return lambda values: [one(values) for one in each]
        if term[0] in CONSTANTS:
            raise Fault(SYNTAX, f"no viable alternative at input '{term[1]}'")
        get = self.value(Named(name, type_), term)
        return lambda values: complete(columns, type_.split(get(values)))

    def element_relation(self, target, sign, term):
        column = self.table.column(target[0])
        if getattr(column.type, "kind", None) != "map":
            raise invalid(f"Column {column.name} cannot be used as a map")
        if column.type.frozen:
            raise invalid(f"Map-entry equality predicates on frozen map column {column.name} are not supported")
        if sign != "=":
            raise invalid(f"Only EQ relations are supported on map entries, but found {sign}")
        key = self.value(Named(f"key({column.name})", column.type.parts[0]), target[1])
        value = self.value(Named(f"value({column.name})", column.type.parts[1]), term)
        self.contains.append((column, "entries", lambda values: (key(values), value(values))))

    def contains_relation(self, column, sign, term):
        kind = getattr(column.type, "kind", None)
        if kind not in ("list", "set", "map") or (sign == "contains key" and kind != "map"):
            raise invalid(f"Cannot use {sign.upper()} on non-collection column {column.name}")
        keys = sign == "contains key"
        part = column.type.parts[0 if keys else -1]
        get = self.value(Named(f"{'key' if keys else 'value'}({column.name})", part), term)
        self.contains.append((column, "keys" if keys else "values", get))

    # Sorting out

    def partition_keys(self, filtering):
        table = self.table
        restricted = [c for c in table.partition if c.name in self.one or c.name in self.many]
        if self.tokens and restricted:
            raise refused("token() together with columns of the partition key")
        if self.tokens or not restricted:
            return None
        if len(restricted) == len(table.partition) and not any(c.name in self.many for c in restricted):
            return [self.one[column.name][1] for column in table.partition]
        if not filtering and not any(table.indexed(c.name) for c in restricted):
            raise invalid(FILTERING)
        self.filter(restricted)
        return None

    def clustering_prefix(self, filtering):
        """Functions that give tuples of values for the first columns, one for each column or group."""
        prefix, position, columns = [], 0, self.table.clustering
        while position < len(columns):
            name = columns[position].name
            group = next((group for group in self.tuples if group[0][0] is columns[position]), None)
            if group:
                prefix.append(group[1])
                position += len(group[0])
            elif name in self.one and self.one[name][1]:
                get = self.one[name][1]
                prefix.append(lambda values, get=get: [(item,) for item in get(values)])
                position += 1
            else:
                break
        self.width = position
        after = position
        if position < len(columns) and self.many.get(columns[position].name):
            for sign, get in self.many[columns[position].name]:
                size, get = get if isinstance(get, tuple) else (1, lambda values, get=get: [get(values)])
                self.bounds.append((FLIPPED[sign] if columns[position].descending else sign, get))
                after = max(after, position + size)
        late = [c for c in columns[after:] if c.name in self.one or c.name in self.many]
        if late:
            if not filtering and not any(self.table.indexed(c.name) for c in late):
                name = late[0].name
                if self.bounds:
                    raise invalid(
                        f'Clustering column "{name}" cannot be restricted (preceding column '
                        f'"{columns[after - 1].name}" is restricted by a non-EQ relation)'
                    )
                raise invalid(
                    f'PRIMARY KEY column "{name}" cannot be restricted as preceding column '
                    f'"{columns[after].name}" is not restricted'
                )
            if self.bounds and not filtering:
                raise invalid(FILTERING)
            if any(group[0][0] in late for group in self.tuples):
                raise refused("a multi-column relation that needs filtering")
            self.filter(late)
        return prefix

    def regular(self, filtering):
        table = self.table
        self.filter([c for c in table.regular if c.name in self.one or c.name in self.many])
        indexed = any(table.indexed(column.name, kind) for column, kind, _ in self.contains)
        indexed |= any(table.indexed(name) and sign == "=" for name, sign, _ in self.filters)
        for column, kind, get in self.contains:
            self.filters.append((column.name, kind, (column, get)))
        scanned = []
        if self.keys is None:
            scanned = [c for c in table.clustering if c.name in self.one or c.name in self.many]
            indexed |= any(table.indexed(c.name) and self.is_one(c.name) for c in scanned)
            scanned = [c for c in scanned if all(c.name != name for name, _, _ in self.filters)]
        if indexed and self.many_partitions():
            raise invalid("Select on indexed columns and with IN clause for the PRIMARY KEY are not supported")
        self.indexed, count = indexed, len(self.filters) + len(scanned)
        if not filtering and count and (not indexed or count > 1):
            raise invalid(FILTERING)

    def filter(self, columns):
        for column in columns:
            if column.name in self.one:
                sign, get = self.one[column.name]
                self.filters.append((column.name, sign, (column, get)))
            for sign, get in self.many.get(column.name, ()):
                self.filters.append((column.name, sign, (column, get)))

    # Finding

    def partitions(self, values):
        """``[(key, values)]`` of the partitions asked for, in order."""
        columns = self.table.partition
        each = []
        for column, get in zip(columns, self.keys):
            given = {column.key(item): item for item in get(values)}
            for item in given.values():
                check_key([item], len(columns))
            each.append([given[key] for key in sorted(given)] if len(given) > 1 else list(given.values()))
        return [(partition_bytes(combination), combination) for combination in combine(each)]

    def is_point(self):
        """Whether it asks for one row by = alone."""
        table = self.table
        if self.keys is None or self.width < len(table.clustering) or self.filters or self.tuples:
            return False
        return all(self.is_one(column.name) for column in table.partition + table.clustering)

    def point(self, values):
        """``(partition key, clustering key)`` of that row."""
        found = [get(values)[0] for get in self.keys]
        check_key(found)
        prefix = [get(values)[0][0] for get in self.prefix]
        return partition_bytes(found), self.table.clustering_key(prefix)

    def many_partitions(self):
        """Whether the partition key is asked for by IN, of however many values."""
        return any(self.one.get(column.name, "=")[0] == "in" for column in self.table.partition)

    def is_one(self, name):
        """Whether a column is said to be equal to one value."""
        return self.one.get(name, ("", None))[0] == "="

    def finds_something(self, values):
        """Whether a row could be found at all."""
        return bool(self.partitions(values)) and any(low < high for low, high in self.slices(values))

    def any_partition(self):
        """Whether nothing is said of the partition key."""
        restricted = self.one.keys() | self.many.keys()
        return not self.tokens and all(column.name not in restricted for column in self.table.partition)

    def range(self, values):
        """The places in the order of tokens between which partitions are asked for."""
        low, high = (-(2**63), b""), (2**63, b"")
        for sign, get in self.tokens:
            token = get(values)
            after = token + 1
            if sign in (">", ">=", "="):
                low = max(low, (after if sign == ">" else token, b""))
            if sign in ("<", "<=", "="):
                high = min(high, (token if sign == "<" else after, b""))
        return low, high

    def starts(self, values):
        """The clustering keys that begin as asked for, each with its values: ``{key: values}``."""
        if not self.prefix:
            return {(): ()}
        columns, found = self.table.clustering, {}
        for groups in combine([get(values) for get in self.prefix]):
            row = tuple(item for group in groups for item in group)
            found[tuple([column.key(item) for column, item in zip(columns, row)])] = row
        return found

    def slices(self, values):
        """``[(low, high)]``, in order: the clustering keys asked for in each partition."""
        starts, slices, rest = self.starts(values), [], self.table.clustering[self.width :]
        for start in sorted(starts) if len(starts) > 1 else starts:
            low, high = start, start + (TOP,)
            for sign, get in self.bounds:
                given = get(values)
                if None in given:
                    raise invalid("Invalid null value in condition for a clustering column")
                place = start + tuple([column.key(item) for column, item in zip(rest, given)])
                if sign in (">", ">="):
                    low = max(low, place + (TOP,) if sign == ">" else place)
                else:
                    high = min(high, place if sign == "<" else place + (TOP,))
            slices.append((low, high))
        return slices

    def predicate(self, values):
        """A function of partition, row and now that says whether the filters let the row through; or None."""
        tests = [filter_of(sign, *target, values) for _, sign, target in self.filters]
        if not tests:
            return None
        return lambda partition, row, now: all(test(partition, row, now) for test in tests)


class InValues(Collection):
    """The list that is bound to a marker of IN."""

    def no_null(self):
        return invalid("Invalid null value in condition of IN")


class Named:
    """What a marker stands for that is not a column."""

    kind = None

    def __init__(self, name, type_):
        self.name, self.type = name, type_


def check_key(parts, count=None):
    """Fault where parts of a partition key, which has ``count`` of them, cannot be such."""
    for item in parts:
        if not item and (count or len(parts)) == 1:
            raise invalid("Key may not be empty")
        if len(item) > MAX_KEY:
            raise invalid(f"Key length of {len(item)} is longer than maximum of {MAX_KEY}")


def complete(columns, values):
    """The values of a tuple; Fault where one is missing."""
    for column, data in zip(columns, values):
        if data is None:
            raise invalid(f"Invalid null value for column {column.name}")
    return values


def twice(name, what):
    return invalid(f"{name} cannot be restricted by more than one relation if it includes {what}")


def combine(lists):
    size = 1
    for items in lists:
        size *= len(items)
    if size > MOST:
        raise refused(f"over {MOST:,} combinations of IN values")
    return product(*lists)
