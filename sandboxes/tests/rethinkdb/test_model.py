"""Random documents, indexes, writes and reads, beside a model: a dict, and Python's own sorting."""

import math
import operator

from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)
from rethinkdb import r

TABLE = r.table("t")
IDS = st.integers(0, 12)
VALUES = st.one_of(
    st.none(), st.booleans(), st.integers(-2, 2), st.sampled_from([0.5, -2.5]), st.text("aBz", max_size=2)
)
NUMBERS = st.integers(-2, 2)
COMPARISONS = [operator.eq, operator.ne, operator.lt, operator.le, operator.gt, operator.ge]
SUMS = [operator.add, operator.sub, operator.mul]
DOCUMENTS = st.fixed_dictionaries({}, optional={"a": VALUES, "b": VALUES, "tags": st.lists(VALUES, max_size=3)})
ORDER = {list: 0, bool: 1, type(None): 2, int: 3, float: 3, str: 4}  # of types: by their names


def place(value):
    return ORDER[type(value)], value if value is not None else 0


class Model(RuleBasedStateMachine):
    """``rows``: what the table must hold, by id."""

    conn = None  # set by the test

    @initialize(documents=st.lists(DOCUMENTS, min_size=6, max_size=10))
    def begin(self, documents):
        self.rows = {id: {**document, "id": id} for id, document in enumerate(documents)}
        TABLE.delete().run(self.conn)
        TABLE.insert(list(self.rows.values())).run(self.conn)

    def indexed(self, name="a"):
        """``[(value, id)]`` of the rows that are in the index, in order: null is in none."""
        found = [(row[name], row["id"]) for row in self.rows.values() if row.get(name) is not None]
        return sorted(found, key=lambda entry: (place(entry[0]), entry[1]))

    @rule(id=IDS, document=DOCUMENTS, conflict=st.sampled_from(["error", "replace", "update"]))
    def insert(self, id, document, conflict):
        row, old = {**document, "id": id}, self.rows.get(id)
        result = TABLE.insert(row, conflict=conflict).run(self.conn)
        if old is None:
            self.rows[id], what = row, "inserted"
        elif conflict == "error":
            what = "errors"
        else:
            self.rows[id] = row if conflict == "replace" else {**old, **row}
            what = "unchanged" if same(self.rows[id], old) else "replaced"
        assert result[what] == 1

    @rule(low=IDS, high=IDS, document=DOCUMENTS)
    def update_range(self, low, high, document):
        chosen = [id for id in self.rows if low <= id < high]
        changed = [id for id in chosen if not same({**self.rows[id], **document}, self.rows[id])]
        result = TABLE.between(low, high).update(document).run(self.conn)
        assert (result["replaced"], result["unchanged"]) == (len(changed), len(chosen) - len(changed))
        for id in chosen:
            self.rows[id] = {**self.rows[id], **document}

    @rule(value=VALUES.filter(lambda value: value is not None))
    def delete_by_index(self, value):
        gone = [id for found, id in self.indexed() if place(found) == place(value)]
        assert TABLE.get_all(value, index="a").delete().run(self.conn)["deleted"] == len(gone)
        for id in gone:
            del self.rows[id]

    @rule(id=IDS)
    def get(self, id):
        assert TABLE.get(id).run(self.conn) == self.rows.get(id)

    @rule(n=st.integers(0, 5), descending=st.booleans())
    def first_by_index(self, n, descending):
        index = r.desc("a") if descending else "a"
        found = list(TABLE.order_by(index=index).limit(n)["id"].run(self.conn))
        assert found == [id for _, id in (self.indexed()[::-1] if descending else self.indexed())][:n]

    @rule(value=VALUES)
    def count_of_a_tag(self, value):
        if value is not None:
            tags = [tag for row in self.rows.values() for tag in row.get("tags", [])]
            expected = sum(tag is not None and place(tag) == place(value) for tag in tags)
            assert TABLE.get_all(value, index="tags").count().run(self.conn) == expected

    def found(self, test):
        """The keys of the rows for which ``test(row)`` is true, of the real ones and of a term alike."""
        return sorted(TABLE.filter(test)["id"].run(self.conn))

    @rule(other=VALUES, number=st.integers(0, 20))
    def compare_a(self, other, number):
        rows = [row for row in self.rows.values() if "a" in row]
        # Mostly with a value that is there.
        bound = rows[number]["a"] if number < len(rows) else other
        for test in COMPARISONS:
            expected = sorted(row["id"] for row in rows if test(place(row["a"]), place(bound)))
            assert self.found(lambda row: test(row["a"], bound)) == expected

    @rule(low=NUMBERS, high=NUMBERS)
    def two_conditions(self, low, high):
        rows = [row for row in self.rows.values() if "a" in row]  # without it all of these are errors
        first = {row["id"] for row in rows if place(row["a"]) > place(low)}
        second = {row["id"] for row in rows if "b" in row and place(row["b"]) < place(high)}
        assert self.found(lambda row: (row["a"] > low) & (row["b"] < high)) == sorted(first & second)
        assert self.found(lambda row: (row["a"] > low) | (row["b"] < high)) == sorted(first | second)
        assert self.found(lambda row: ~(row["a"] > low)) == sorted({row["id"] for row in rows} - first)

    @rule(by=NUMBERS)
    def sums_of_a(self, by):
        rows = TABLE.filter(r.row["a"].type_of() == "NUMBER")
        for step in SUMS:
            expected = sorted(step(row["a"], by) for row in self.rows.values() if type(row.get("a")) in (int, float))
            made = rows.map(lambda row: {"sum": [step(row["a"], by)]}).run(self.conn)
            assert sorted(one["sum"][0] for one in made) == expected

    @precondition(lambda self: self.rows)
    @rule()
    def sum_of_b(self):
        numbers = [row["b"] for row in self.rows.values() if type(row.get("b")) in (int, float)]
        chosen = TABLE.filter(r.row["b"].type_of() == "NUMBER")
        assert math.isclose(chosen.sum("b").run(self.conn), sum(numbers), abs_tol=1e-9)

    @invariant()
    def all_rows(self):
        if hasattr(self, "rows"):
            found = {row["id"]: row for row in TABLE.run(self.conn)}
            assert found == self.rows


def same(left, right):
    return left.keys() == right.keys() and all(repr(left[name]) == repr(right[name]) for name in left)


def test_the_table_and_the_model_agree(conn):
    r.table_create("t").run(conn)
    TABLE.index_create("a").run(conn)
    TABLE.index_create("tags", multi=True).run(conn)
    TABLE.index_wait().run(conn)
    machine = type("OnThisTable", (Model,), {"conn": conn})
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=30,
            stateful_step_count=30,
            phases=[Phase.generate],  # to shrink a failure takes minutes
            deadline=None,
            derandomize=True,
            suppress_health_check=[*HealthCheck],
        ),
    )
