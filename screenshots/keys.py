"""Writes docs/keys.md from the bindings, states and flags themselves: `python -m screenshots.keys`."""

from collections.abc import Iterator
from pathlib import Path

import click
from textual.app import App
from textual.binding import Binding
from textual.dom import DOMNode

from bwtop.app import BwtopApp
from bwtop.cli.flags import target_flags
from bwtop.model.words import state_symbol, state_words
from bwtop.panels.detail_panel import DetailPanel
from bwtop.panels.netperf_panel import NetperfPanel
from bwtop.screens.checks import ChecksScreen
from bwtop.screens.columns import ColumnsScreen
from bwtop.screens.help import MEANING, HelpScreen
from bwtop.screens.limit import LimitInput, LimitScreen
from bwtop.screens.main import MainScreen
from bwtop.screens.moment import MomentScreen
from bwtop.screens.picker import PickerScreen
from bwtop.screens.replay import ReplayScreen
from bwtop.screens.sort import SortScreen
from bwtop.screens.sources import SourcesScreen
from bwtop.screens.write import WriteScreen
from bwtop_widgets.choice_list import ChoiceList
from bwtop_widgets.dialog import Dialog
from bwtop_widgets.filter_input import FilterInput
from bwtop_widgets.live_table import LiveTable
from bwtop_widgets.text_dialog import TextDialog

PAGE = Path(__file__).parents[1] / "docs" / "keys.md"
GROUPS: tuple[tuple[str, type[DOMNode]], ...] = (
    ("Everywhere", BwtopApp),
    ("Tables", MainScreen),
    ("Rows", LiveTable),
    ("While a filter is typed", FilterInput),
    ("Detail of a row", DetailPanel),
    ("A recording", ReplayScreen),
    ("Lists", ChoiceList),
    ("Any dialog", Dialog),
    ("The list of columns to sort by", SortScreen),
    ("The list of columns to show", ColumnsScreen),
    ("The list of contexts or namespaces", PickerScreen),
    ("Edit a limit", LimitScreen),
    ("The field of the limit", LimitInput),
    ("Write it", WriteScreen),
    ("A test with netperf", NetperfPanel),
    ("Explain and doctor", ChecksScreen),
    ("The sources", SourcesScreen),
    ("A moment of a recording", MomentScreen),
    ("Help", HelpScreen),
    ("A text", TextDialog),
)
HEAD = """# Keys, filter, states, flags

Written by `python -m screenshots.keys`; a test fails when it is stale.
Other keys for what has an id: [configuration](configuration.md).
"""
FILTER = """## Filter
`/` on the screen, `--filter` of `bwtop get`. Every term must hold.

| written | finds |
|---|---|
| `cart` | rows that show this anywhere, in whatever case; `"in sync"` with a space |
| `namespace:shop` | rows with this in one column, under its key or its title |
| `node=ip-10-0-1-1.ec2.internal` | rows in which that is all of it; `owner:""` those without one |
| `rate>5M` `asked<=1G` `endpoint:124` `share>90` `age<2h` | numbers: Kubernetes quantities for rates and limits |
| `rate:unknown` | rows in which it is not known; what is not known fits no comparison, turned round or not |
| `label:app=web` `label:app` | rows with the label, or with any of that key |
| `state:drift` | every state but in sync, unlimited, host network; `state:not` both that begin so; `state:at-cap` |
| `!term` | rows that do not fit the term; a comparison is turned round |
"""


def page() -> str:
    return "\n".join(
        [HEAD, *_keys(), FILTER, *_states(), *_flags()],
    )


def own_bindings(node: type[DOMNode]) -> Iterator[Binding]:
    """Of the class and of its bases in bwtop, each id once."""
    seen: set[str] = set()
    for base in node.__mro__:
        if not base.__module__.startswith("bwtop") or base in (App, DOMNode):
            continue
        for binding in base.__dict__.get("BINDINGS", ()):
            if isinstance(binding, Binding) and binding.id and binding.id not in seen:
                seen.add(binding.id)
                yield binding


def _keys() -> Iterator[str]:
    told: set[str] = set()
    yield "## Keys"
    for title, node in GROUPS:
        yield from ("", f"### {title}", "| key | does | id |", "|---|---|---|")
        for binding in own_bindings(node):
            if binding.id not in told:
                told.add(binding.id or "")
                yield f"| {' '.join(map(_name, binding.key.split(',')))} | {binding.tooltip} | `{binding.id}` |"
    yield ""


def _name(key: str) -> str:
    from textual.keys import format_key

    shown = format_key(key) if len(key) > 1 and "+" not in key else key
    return f"`{shown}`" if shown != "|" else "`\\|`"


def _states() -> Iterator[str]:
    yield from ("## States", "| state | meaning |", "|---|---|")
    for state, meaning in MEANING.items():
        yield f"| {state_symbol(state)} {state_words(state)} | {meaning} |"
    yield ""


def _flags() -> Iterator[str]:
    @click.command()
    @target_flags
    def command(**_: object) -> None: ...

    yield from ("## Flags of every command", "| flag | |", "|---|---|")
    for option in command.params:
        if isinstance(option, click.Option):
            yield f"| {' '.join(f'`{name}`' for name in option.opts)} | {option.help or ''} |"
    yield ""


if __name__ == "__main__":
    PAGE.write_text(page())
    print(PAGE)
