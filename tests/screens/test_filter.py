"""The filter as it is typed: rows, count, help, completion and errors."""

import pytest

from bwtop.demo.server import DemoServer
from bwtop.live.store import Store
from bwtop.panels.views import VIEWS, View
from bwtop_widgets.filter_input import FilterInput
from screens.conftest import Screen


@pytest.mark.parametrize("view", VIEWS, ids=lambda view: view.key)
def test_every_column_can_be_asked_for_by_its_key_and_by_its_title(view: View) -> None:
    fields = view.fields(Store())
    for column in view.columns(Store()):
        assert column.key in fields.by_name
        assert column.title == "LAST 2 MIN" or column.title.lower().replace(" ", "-") in fields.by_name


async def test_columns_are_compared_and_the_count_is_shown(screen: Screen) -> None:
    await screen.pilot.press("slash")
    await screen.paste("namespace:default asked:10M")
    await screen.shows("1 of 27")
    assert screen.line("netperf-server")


async def test_a_line_below_says_what_may_follow(screen: Screen) -> None:
    await screen.pilot.press("slash")
    await screen.shows("words · column:value · rate>5M")
    await screen.pilot.press(*"rate>")
    await screen.shows("rate is bits a second such as 5M, or unknown")
    await screen.pilot.press("enter")
    assert screen.app.main.query_one(FilterInput).has_focus
    await screen.pilot.press(*"X")
    await screen.shows("✗ at 6: X is no Kubernetes quantity")


async def test_an_error_says_where_and_leaves_the_rows_as_they_are(screen: Screen) -> None:
    await screen.pilot.press("slash")
    await screen.paste("cart")
    await screen.shows("2 of 27")
    screen.app.main.query_one(FilterInput).value = "cart colour:red"  # pasted: half a word would be a filter of its own
    await screen.shows("✗ at 6: there is no column colour")
    await screen.pilot.press("enter")
    assert screen.app.main.query_one(FilterInput).has_focus
    assert screen.table().shown == 2
    await screen.pilot.press("escape", "escape")
    await screen.until(lambda: screen.table().shown == 27)


async def test_tab_completes_and_goes_round_instead_of_to_the_next_view(screen: Screen) -> None:
    field = screen.app.main.query_one(FilterInput)
    await screen.pilot.press("slash", *"names", "tab")
    assert field.value == "namespace:"
    await screen.pilot.press("d", "tab")
    assert field.value == "namespace:default"
    await screen.until(lambda: 0 < screen.table().shown < 27)
    await screen.pilot.press(*" s", "tab")
    assert field.value == "namespace:default share>"
    await screen.pilot.press("tab")
    assert field.value == "namespace:default state:"
    await screen.pilot.press("shift+tab")
    assert field.value == "namespace:default share>"
    assert screen.line("[1 Pods")


async def test_tab_goes_on_to_the_values_where_only_one_column_fits(screen: Screen) -> None:
    field = screen.app.main.query_one(FilterInput)
    await screen.pilot.press("slash", *"stat", "tab")
    assert field.value == "state:"
    await screen.shows("state: drift HostNetwork Unknown")
    assert "✗" not in screen.line("state: drift")
    await screen.pilot.press("tab")
    assert field.value == "state:drift"
    await screen.pilot.press("tab", "shift+tab")
    assert field.value == "state:drift"


async def test_a_row_that_comes_to_fit_appears_and_one_that_does_not_goes(screen: Screen, server: DemoServer) -> None:
    await screen.filter("state:drift")
    await screen.shows("0 of 27")
    await screen.shows("esc shows all, / changes the filter")
    server.world.annotate("default", "netperf-server", "10MB")
    await screen.until(lambda: "invalid" in screen.line("netperf-server"))
    await screen.shows("1 of 27")
    server.world.annotate("default", "netperf-server", "10M")
    await screen.shows("0 of 27")


async def test_a_filter_that_was_cleared_in_the_table_can_be_typed_again_at_once(screen: Screen) -> None:
    await screen.filter("netperf")
    await screen.until(lambda: screen.table().shown == 2)
    await screen.pilot.press("escape")
    await screen.until(lambda: screen.table().shown > 2)
    await screen.filter("netperf")
    await screen.until(lambda: screen.table().shown == 2)
