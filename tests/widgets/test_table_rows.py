from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from bwtop_widgets.table_rows import TableRows

KEYS = st.integers(0, 40).map(lambda number: f"k{number:02}")
ROWS = st.tuples(st.one_of(st.none(), st.integers(0, 5)), st.one_of(st.none(), st.text("xyz", max_size=2)))
PREDICATES = {
    "all": None,
    "few": lambda row: row[0] is not None and row[0] > 3,
    "none": lambda row: False,
    "texts": lambda row: row[1] is not None,
}
VALUES = {"number": lambda row: row[0], "text": lambda row: row[1], "key": None}


def naive(rows, predicate, value, descending):
    """What the order should be, worked out from scratch."""
    shown = sorted(key for key, row in rows.items() if predicate is None or predicate(row))
    known = [key for key in shown if value is not None and value(rows[key]) is not None]
    unknown = [key for key in shown if key not in set(known)]
    return sorted(known, key=lambda key: value(rows[key]), reverse=descending) + unknown


class AnyHistory(RuleBasedStateMachine):
    """Whatever is done to the rows, in whatever order, a settled order is the one of a plain sort."""

    @initialize(rows=st.dictionaries(KEYS, ROWS))
    def start(self, rows):
        self.table = TableRows()
        self.rows = {}
        self.predicate = self.value = None
        self.descending = False
        self.load(rows)

    @rule(rows=st.dictionaries(KEYS, ROWS))
    def load(self, rows):
        self.rows = dict(rows)
        self.table.load(rows)

    @rule(changes=st.lists(st.tuples(KEYS, st.one_of(st.none(), ROWS)), max_size=6))
    def apply(self, changes):
        self.table.apply(changes)
        for key, row in changes:
            self.rows.pop(key, None) if row is None else self.rows.update({key: row})

    @rule(name=st.sampled_from(sorted(PREDICATES)))
    def filter(self, name):
        self.predicate = PREDICATES[name]
        self.table.filter(self.predicate)

    @rule(name=st.sampled_from(sorted(VALUES)), descending=st.booleans())
    def sort(self, name, descending):
        self.value, self.descending = VALUES[name], descending
        self.table.sort_by(self.value, descending=descending)

    @rule()
    def settle(self):
        before = list(self.table.order)
        assert self.table.settle() == (list(self.table.order) != before)
        assert list(self.table.order) == naive(self.rows, self.predicate, self.value, self.descending)
        assert [self.table.index(key) for key in self.table.order] == list(range(len(self.table.order)))
        assert all(self.table[key] == self.rows[key] for key in self.table.order)

    @invariant()
    def counted(self):
        if hasattr(self, "table"):
            assert len(self.table) == len(self.rows)


AnyHistory.TestCase.settings = settings(max_examples=150, stateful_step_count=25, deadline=None)
TestAnyHistory = AnyHistory.TestCase


def loaded(rows):
    table = TableRows()
    table.sort_by(lambda row: row)
    table.load(rows)
    table.settle()
    return table


def test_rows_without_a_value_come_last_in_both_directions():
    table = loaded({"a": 1, "b": None, "c": 3})
    table.apply([("b", None)])
    rows = {"a": (1,), "b": (None,), "c": (3,)}
    table.load(rows)
    for descending, order in ((False, ["a", "c", "b"]), (True, ["c", "a", "b"])):
        table.sort_by(lambda row: row[0], descending=descending)
        table.settle()
        assert list(table.order) == order


def test_nothing_is_sorted_again_while_no_sort_value_changes():
    table = loaded({f"k{number}": (number, "old") for number in range(50)})
    table.sort_by(lambda row: row[0])
    table.settle()
    order = table.order
    table.apply([("k7", (7, "new"))])
    assert not table.settle()
    assert table.order is order


def test_one_changed_row_of_many_moves_alone():
    table = loaded({f"k{number:03}": number for number in range(100)})
    table.apply([("k000", 1000)])
    assert table.settle()
    assert list(table.order[:2]) == ["k001", "k002"]
    assert table.order[-1] == "k000"


def test_a_row_that_is_hidden_has_no_position():
    table = loaded({"a": 1, "b": 2})
    table.filter(lambda row: row > 1)
    table.settle()
    assert table.index("a") is None
    assert table.index("b") == 0
