"""Keys as a whole: the line of keys, the palette, help, copying, kubectl lines, the mouse."""

import asyncio
import shlex
import subprocess
from pathlib import Path

import pytest
from textual.screen import ModalScreen
from textual.widgets import Input

from bwtop.demo.server import DemoServer
from bwtop.demo.world import load_world
from bwtop.panels.kubectl import kubectl_words
from bwtop.panels.row_text import rows_as_text
from bwtop.screens.help import HelpScreen
from bwtop.screens.keymap import BOUND
from bwtop_widgets.dialog import Dialog
from bwtop_widgets.keys_line import KeysLine
from screens.conftest import SIZES, Screen, screen_on

SERVER, NODE = "default/netperf-server", "ip-192-168-29-49.ec2.internal"


@pytest.mark.parametrize("size", [*SIZES, (40, 12)])
async def test_the_line_of_keys_cuts_no_word_and_always_has_help(server: DemoServer, size: tuple[int, int]) -> None:
    async with screen_on(server.url, server.token, size=size) as screen:
        await screen.shows("? Help")
        last = screen.text.splitlines()[-1]
        assert last.strip().startswith("/ Filter  e Edit limit")
        assert "…" not in last


async def test_keys_are_lit_once_there_is_a_row_for_them(screen: Screen) -> None:
    line = screen.app.main.query_one(KeysLine)
    await screen.until(lambda: [key.text for key in line.shown if not key.enabled] == ["Edit limit"])
    await screen.pilot.press("2")
    await screen.until(lambda: "netperf" in [key.text for key in line.shown if not key.enabled])


async def test_a_cursor_key_asks_what_can_be_done_without_a_search_of_the_screen(
    screen: Screen, monkeypatch: pytest.MonkeyPatch
) -> None:
    main, searched = screen.app.main, list[object]()
    query = main.query
    monkeypatch.setattr(main, "query", lambda *words: searched.append(words) or query(*words))
    before = screen.table().cursor_key
    await screen.pilot.press("j")
    await screen.until(lambda: screen.table().cursor_key != before)
    assert main.active_bindings
    assert not searched


async def test_the_palette_finds_an_action_and_names_its_key(screen: Screen) -> None:
    await screen.pilot.press("colon")
    await screen.until(lambda: type(screen.app.screen).__name__ == "CommandPalette")
    await screen.pilot.press(*"reverse")
    await screen.shows("Reverse (S)")
    await screen.pilot.press("enter")
    await screen.until(lambda: screen.app.screen is screen.app.main)
    await screen.shows("STATE▲")


async def test_the_palette_says_why_an_action_cannot_be_taken(screen: Screen) -> None:
    await screen.pilot.press("ctrl+p")
    await screen.until(lambda: type(screen.app.screen).__name__ == "CommandPalette")
    await screen.pilot.press(*"edit limit")
    await screen.shows("not now: bwtop is read-only: W allows writing")


async def test_y_copies_the_names_of_the_chosen_rows(screen: Screen) -> None:
    screen.table().cursor_key = SERVER
    await screen.pilot.press("y")
    await screen.until(lambda: any("sent 14 characters" in note.message for note in screen.app._notifications))


async def test_what_was_copied_is_told_in_few_words(screen: Screen) -> None:
    await screen.pilot.press("asterisk", "y")
    await screen.until(lambda: any("\nand 24 more\nsent " in note.message for note in screen.app._notifications))
    await screen.pilot.press("Y")
    await screen.until(
        lambda: any(note.message.startswith("27 rows as text\nsent ") for note in screen.app._notifications)
    )
    await screen.pilot.press("U", "Y")
    await screen.until(lambda: any(note.message.startswith("the row of ") for note in screen.app._notifications))


async def test_rows_as_text_are_a_table_with_all_of_each_value(screen: Screen) -> None:
    title, line = rows_as_text([screen.app.main.store.nodes[NODE]], screen.table("nodes").columns).splitlines()
    assert title.index("BANDWIDTH MANAGER") == line.index("EDT with BPF [CUBIC] [eth0, eth1]")


async def test_kubectl_takes_every_line_and_finds_what_the_row_shows(screen: Screen, tmp_path: Path) -> None:
    """Each line is run by the real kubectl, on every kind of row; what changes something with a dry-run."""
    store = screen.app.main.store
    kubeconfig = tmp_path / "kubeconfig"
    limit = next(row for row in store.limits.values() if row.pod == "netperf-server")
    rows = [store.pods[SERVER], store.nodes[limit.node], store.endpoints[SERVER], limit]
    words = [line for row in rows for line in kubectl_words([row], store)]
    assert len(words) == 14
    assert sum("exec cilium-" in line and "-c cilium-agent -- cilium " in line for line in words) == 6
    # kubectl sends no token without TLS, so it asks a server of its own.
    async with DemoServer(load_world("eks-chaining")) as server:
        kubeconfig.write_text(server.kubeconfig())
        for line in words:
            if "endpoint get" in line:
                continue  # the demo's agents do not know it
            dry_run = " --dry-run=server" if " annotate " in line else ""
            command = shlex.split(f"kubectl --kubeconfig {kubeconfig} {line}{dry_run}")
            done = await asyncio.to_thread(subprocess.run, command, capture_output=True, text=True, check=False)
            assert done.returncode == 0, f"{line}: {done.stderr}"


async def test_c_shows_the_lines_for_the_row(screen: Screen) -> None:
    await screen.pilot.press("2", "c")
    await screen.shows("The same with kubectl")
    await screen.shows("get ciliumnode ip-192-168-29-49.ec2.internal -o yaml")
    await screen.shows("-c cilium-agent -- cilium status -o json")


async def test_a_click_on_a_key_presses_it(screen: Screen) -> None:
    await screen.pilot.click("#keys", offset=(4, 0))
    await screen.until(lambda: screen.app.main.has_class("-filtering"))


@pytest.mark.parametrize("tab", ["2 Nodes", "3 Endpoints", "4 Limits", "1 Pods"])
async def test_a_click_on_a_tab_shows_its_view(screen: Screen, tab: str) -> None:
    await screen.pilot.press("1" if tab != "1 Pods" else "4")
    await screen.until(lambda: f"[{tab}" not in screen.text)
    await screen.pilot.click("#tabs", offset=(screen.text.splitlines()[1].index(tab) + 1, 0))
    await screen.shows(f"[{tab} ")


@pytest.mark.parametrize(
    ("opening", "key", "told"),
    [
        ("s", "question_mark", "Leave the order as it is"),
        ("f", "question_mark", "Move the column up: further left"),
        ("n", "f1", "The next name"),
        ("x", "question_mark", "Copy the page to the terminal's clipboard"),
        ("c", "f1", "Close the text"),
        ("exclamation_mark", "question_mark", "Back to the tables"),
    ],
)
async def test_a_dialog_tells_its_own_keys_and_comes_back(screen: Screen, opening: str, key: str, told: str) -> None:
    await screen.pilot.press(opening)
    await screen.until(lambda: screen.app.screen is not screen.app.main)
    dialog = screen.app.screen
    await screen.pilot.press(key)
    await screen.shows(told)
    assert "Show pods" not in screen.text
    assert "neither asked nor programmed" not in screen.text
    await screen.pilot.press(key)
    await screen.until(lambda: screen.app.screen is dialog)


async def test_a_question_mark_in_a_dialogs_field_is_typed_into_it(screen: Screen) -> None:
    await screen.pilot.press("n")
    await screen.shows("f1 keys")
    picker = screen.app.screen
    await screen.pilot.press("question_mark")
    assert picker.query_one(Input).value == "?"
    assert screen.app.screen is picker


def test_every_dialog_has_a_key_for_its_keys() -> None:
    modal = {node for node in BOUND if issubclass(node, ModalScreen)} - {HelpScreen}
    assert len(modal) == 9
    assert all(issubclass(node, Dialog) for node in modal)
