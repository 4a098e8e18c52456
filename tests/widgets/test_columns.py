from bwtop_widgets.columns import Column, kept, place


def column(key, min_width, max_width=0, priority=0):
    return Column[str](
        key=key, title=key, cell=str, sort=str, min_width=min_width, max_width=max_width, priority=priority
    )


def keys(columns):
    return [each.key for each in columns]


A, B, C = column("a", 10), column("b", 10, 20, priority=2), column("c", 10, 30, priority=1)


def test_columns_give_way_by_priority_the_highest_first():
    assert keys(kept((A, B, C), width=33)) == ["a", "b", "c"]
    assert keys(kept((A, B, C), width=32)) == ["a", "c"]
    assert keys(kept((A, B, C), width=21)) == ["a"]


def test_a_column_of_priority_0_stays_on_any_screen():
    assert keys(kept((A, B, C), width=1)) == ["a"]


def test_of_equal_priorities_the_last_column_gives_way():
    assert keys(kept((A, B, column("d", 10, priority=2)), width=22)) == ["a", "b"]


def test_columns_stand_side_by_side_with_a_gap_before_each():
    assert [(each.x, each.width) for each in place((A, B, C), seen={}, width=80)] == [(1, 10), (12, 10), (23, 10)]


def test_a_column_grows_to_its_widest_value_and_no_further_than_it_may():
    widths = [each.width for each in place((A, B, C), seen={"a": 99, "b": 15, "c": 99}, width=80)]
    assert widths == [10, 15, 30]


def test_columns_share_scarce_room_in_proportion_and_use_all_of_it():
    placed = place((A, B, C), seen={"b": 20, "c": 30}, width=33 + 10)
    assert [each.width for each in placed] == [10, 14, 16]
    assert placed[-1].end == 43
