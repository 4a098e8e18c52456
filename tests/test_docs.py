"""The pages that are made from the program are those of the program as it is."""

import re

from screenshots.keys import PAGE, own_bindings, page

from bwtop.screens.main import MainScreen
from bwtop_widgets.live_table import LiveTable


def test_the_page_of_keys_is_up_to_date() -> None:
    assert PAGE.read_text() == page(), "run python -m screenshots.keys"


def test_the_page_of_keys_has_every_key_of_the_tables() -> None:
    found = page()
    bindings = [*own_bindings(MainScreen), *own_bindings(LiveTable)]
    assert len(bindings) > 30
    assert [one.id for one in bindings if f"`{one.id}`" not in found or one.tooltip not in found] == []


def test_the_table_of_what_is_asked_for_has_twenty_five_rows_and_links_that_exist() -> None:
    text = (PAGE.parent / "asked-for.md").read_text()
    assert [int(number) for number in re.findall(r"^\| (\d+) \|", text, re.MULTILINE)] == list(range(1, 26))
    for name in re.findall(r"\]\((\w[\w-]*\.md)\)", text):
        assert (PAGE.parent / name).exists(), name
