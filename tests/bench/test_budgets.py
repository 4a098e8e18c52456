"""The table of the benchmarks says what was missed."""

from bench.budgets import Budget, Median, table

ROWS = Budget(name="all rows", unit="s", at={10_000: 3}, digits=1)
KEYS = Budget(name="key to paint", unit="ms", limit=20)


def test_a_figure_is_judged_only_where_it_has_a_budget() -> None:
    assert ROWS.cell(10_000, 2.96) == "3.0 ok"
    assert ROWS.cell(10_000, 3.04) == "3.0 **MISSED**"
    assert ROWS.cell(1_000, 99.0) == "99.0"


def test_what_did_not_happen_is_missed() -> None:
    assert ROWS.cell(10_000, None) == "not seen **MISSED**"


def test_a_median_shows_its_range_and_is_judged_itself() -> None:
    assert ROWS.cell(10_000, Median.of([2.0, 9.0, 2.5])) == "2.5 (2.0–9.0) ok"
    assert ROWS.cell(10_000, Median.of([2.0, 9.0, None])) == "5.5 (2.0–9.0) **MISSED**"
    assert Median.of([2.0, None]) is None


def test_the_table_has_a_column_a_size_and_leaves_out_what_was_not_measured() -> None:
    lines = table({1_000: {"key to paint": 5.0}, 10_000: {"key to paint": 25.0}}, budgets=(ROWS, KEYS)).splitlines()
    assert lines == [
        "|  | unit | budget | 1,000 pods | 10,000 pods |",
        "| --- | --- | --- | --- | --- |",
        "| key to paint | ms | 20 | 5.0 ok | 25.0 **MISSED** |",
    ]
