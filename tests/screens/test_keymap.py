"""Keys of one's own: which there are, and that the screen, its footer and its help have them."""

import pkgutil
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path

import pytest
from textual.binding import Binding
from textual.dom import DOMNode

import bwtop.panels
import bwtop.screens
import bwtop_widgets
from bwtop.app import BwtopApp
from bwtop.demo.server import DemoServer
from bwtop.model.config import Config
from bwtop.model.config_reading import read_config
from bwtop.model.keyed_yaml import Mistake
from bwtop.screens.keymap import key_name, known_keys
from screens.conftest import screen_on

KNOWN = known_keys(BwtopApp)


def nodes(of: type[DOMNode] = DOMNode) -> Iterator[type[DOMNode]]:
    for node in of.__subclasses__():
        yield node
        yield from nodes(node)


def test_every_binding_of_bwtop_can_be_moved():
    for package in (bwtop.screens, bwtop.panels, bwtop_widgets):
        for module in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
            import_module(module.name)
    ids = {
        binding.id
        for node in nodes()
        if node.__module__.startswith(("bwtop.", "bwtop_widgets.")) and "gallery" not in node.__module__
        for binding in node.__dict__.get("BINDINGS", ())
        if isinstance(binding, Binding)
    }
    assert ids == {*KNOWN.own}


def test_the_page_of_keys_has_every_id():
    page = (Path(__file__).parents[2] / "docs" / "keys.md").read_text()
    assert [id for id in KNOWN.own if f"`{id}`" not in page] == []


def test_bwtops_own_keys_do_not_clash():
    clashes = [
        (one, other, key)
        for one, keys in KNOWN.own.items()
        for other, others in KNOWN.own.items()
        for key in {*keys} & {*others}
        if one < other and KNOWN.meet(one, other)
    ]
    assert clashes == []


def test_keys_that_the_nearer_one_has_are_these():
    """Whoever is awake together shares no other key: of these the one with the focus acts, and that is wanted."""
    shared = {
        (one, other)
        for one, keys in KNOWN.own.items()
        for other, others in KNOWN.own.items()
        if one < other and {*keys} & {*others} and one.partition(".")[0] != other.partition(".")[0]
        if any({one.partition(".")[0], other.partition(".")[0]} <= awake for awake in KNOWN.together)
    }
    assert {pair for pair in shared if not pair[0].startswith(("detail.", "list."))} == {
        ("filter.clear", "main.clear-filter"),
        ("main.clear-filter", "netperf.close"),
        ("filter.complete", "main.next-view"),
        ("filter.complete-back", "main.previous-view"),
    }
    assert {pair for pair in shared if pair[0].startswith("detail.")} == {
        ("detail.close", "main.clear-filter"),
        *((f"detail.{view}", f"main.{view}") for view in ("pods", "nodes", "endpoints", "limits")),
        ("detail.next", "replay.faster"),
        ("detail.before", "replay.slower"),
        ("detail.page-down", "list.page-down"),
        ("detail.page-up", "list.page-up"),
    }


@pytest.mark.parametrize(
    ("written", "reason"),
    [
        ("filter.complete: a", "a is typed into the field there; take a key such as f5 or ctrl+o"),
        ("filter.complete: [tab, '?']", "question_mark is typed into the field there"),
        ("filter.complete: ctrl+u", "ctrl+u edits the field there"),
        ("filter.complete: s, main.sort: o", "s is typed into the field there"),
        ("limit.larger: k", "k is typed into the field there"),
        ("picker.next: space", "space is typed into the field there"),
        ("moment.close: backspace", "backspace edits the field there"),
        ("app.interrupt: x", "x is typed into the field there"),
        ("main.copy: h", "h is the key of detail.close"),
        ("main.sort: ctrl+n", ""),
        ("filter.complete: [tab, f5]", ""),
        ("limit.larger: [up, ctrl+up]", ""),
        ("main.copy: o", ""),
    ],
)
def test_a_key_that_could_not_do_it_is_refused_with_the_reason(written: str, reason: str) -> None:
    text = "keys: {" + written + "}"
    mistakes = read_config(text, source="config.yaml", known=KNOWN, key_name=key_name).mistakes
    assert bool(mistakes) is bool(reason)
    assert reason in " ".join(map(str, mistakes))


async def test_sentences_name_the_keys_in_force(server: DemoServer) -> None:
    config = Config(keys={"main.write": ("f9",), "main.clear-filter": ("f7",), "text.close": ("f8",)})
    async with screen_on(server.url, server.token, size=(120, 40), config=config, notifications=True) as screen:
        await screen.filled()
        await screen.pilot.press("e")
        await screen.shows("bwtop is read-only: f9 allows writing")
        await screen.pilot.press("c")
        await screen.shows("y copy · f8 close")
        await screen.pilot.press("f8", "slash", *"nothing-has-this", "enter")
        await screen.shows("f7 shows all, / changes the filter")


def test_every_key_of_bwtop_is_a_key():
    assert [key for keys in KNOWN.own.values() for key in keys if key_name(key) != key] == []


@pytest.mark.parametrize(
    ("written", "name"),
    [("o", "o"), ("K", "K"), ("?", "question_mark"), (",", "comma"), ("-", "minus"), ("ctrl+o", "ctrl+o"), ("f5", "f5"),
     ("ö", "ö"), ("alt+x", "alt+x"), ("ctrl+i", None), ("oo", None), ("", None), ("\x1b", None), ("Enter", None)],
)  # fmt: skip
def test_keys_are_known_by_their_character_or_name(written: str, name: str | None):
    assert key_name(written) == name


async def test_footer_and_help_have_the_new_keys_and_the_old_one_does_nothing(server: DemoServer) -> None:
    config = Config(keys={"main.sort": ("o",), "table.down": ("comma", "ctrl+n"), "app.help": ("f1",)})
    async with screen_on(server.url, server.token, size=(120, 40), config=config) as screen:
        await screen.filled()
        assert "t netperf  o Sort  p Freeze" in screen.text.splitlines()[-1], "where it was"
        assert "f1 Help" in screen.text.splitlines()[-1]
        await screen.pilot.press("p")
        await screen.shows("FROZEN")
        first = screen.table().cursor_key
        await screen.pilot.press("j", "down")
        assert screen.table().cursor_key == first
        await screen.pilot.press("comma", "ctrl+n")
        assert screen.table().cursor_key != first
        await screen.pilot.press("s")
        await screen.pilot.press("o")
        await screen.shows("Sort by")
        await screen.pilot.press("escape", "f1")
        await screen.shows("o  Choose the column to sort by")
        shown = [line.split()[0] for line in screen.app.screen.query_one("Static").render().plain.splitlines() if line]
        assert shown.index("o") + 1 == shown.index("S"), "where it was"


async def test_a_mistake_is_told_and_the_screen_begins_without_it(server: DemoServer) -> None:
    config = Config(mistakes=[Mistake("config.yaml", 3, "keys.main.sort", "p is the key of main.freeze")])
    async with screen_on(server.url, server.token, notifications=True, config=config) as screen:
        await screen.shows("config left out")
        await screen.shows("config.yaml:3:")
        await screen.filled()
        assert "s Sort" in screen.text.splitlines()[-1]
