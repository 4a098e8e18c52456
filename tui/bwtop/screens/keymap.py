"""All that keys do on any screen, by the ids of the bindings, for a keymap of one's own."""

from collections.abc import Iterator
from typing import Final

from textual.app import App
from textual.binding import Binding
from textual.dom import DOMNode
from textual.keys import KEY_ALIASES, Keys
from textual.widgets import Input

from bwtop.model.config import KnownKeys
from bwtop.panels.detail_panel import DetailPanel
from bwtop.panels.netperf_panel import NetperfPanel
from bwtop.screens.checks import ChecksScreen
from bwtop.screens.columns import ColumnsScreen
from bwtop.screens.help import HelpScreen
from bwtop.screens.limit import LimitInput, LimitScreen
from bwtop.screens.main import MainScreen
from bwtop.screens.moment import MomentScreen
from bwtop.screens.picker import PickerScreen
from bwtop.screens.replay import ReplayScreen
from bwtop.screens.sort import SortScreen
from bwtop.screens.sources import SourcesScreen
from bwtop.screens.write import WriteScreen
from bwtop_widgets.choice_list import ChoiceList
from bwtop_widgets.filter_input import FilterInput
from bwtop_widgets.live_table import LiveTable
from bwtop_widgets.text_dialog import TextDialog

BOUND: Final[tuple[type[DOMNode], ...]] = (
    MainScreen, ReplayScreen, LiveTable, FilterInput, DetailPanel, NetperfPanel, ChoiceList, SortScreen, ColumnsScreen,
    PickerScreen, LimitScreen, LimitInput, WriteScreen, ChecksScreen, SourcesScreen, MomentScreen, HelpScreen,
    TextDialog,
)  # fmt: skip
"""Whatever has keys, but for the app itself."""
TOGETHER: Final = (
    frozenset({"app", "main", "table", "replay"}),
    frozenset({"app", "main", "detail", "list", "replay"}),
    frozenset({"app", "main", "netperf"}),
    frozenset({"app", "main", "filter", "replay"}),
    *(frozenset({"list", "dialog", dialog}) for dialog in ("sort", "columns", "picker")),
    *(frozenset({"dialog", dialog}) for dialog in ("limit", "write", "checks", "sources", "moment", "text")),
)
FIELDS: Final = frozenset({"filter", "limit", "picker", "moment"})
"""Groups of those who have nothing but a field that is typed into."""
BESIDE_FIELDS: Final = frozenset({"write.close", "netperf.close", "app.interrupt", "app.suspend"})
"""Other ids that act in a field, too."""
ANYWHERE: Final = frozenset({"app.interrupt", "app.suspend"})
_PUNCTUATION: Final = "!\"#$%&'()*+-./:;<=>?@[\\]^_`{|}~"
_TWINS: Final = frozenset({"return", *(alias for aliases in KEY_ALIASES.values() for alias in aliases)})
"""Other words for keys that a terminal cannot tell from them: ctrl+i is tab."""


def known_keys(app: type[App[None]]) -> KnownKeys:
    own: dict[str, list[str]] = {}
    for node in (app, *BOUND):
        for binding in _bindings(node):
            names = own.setdefault(binding.id or "", [])
            if binding.key not in names:
                names.append(binding.key)
    return KnownKeys(
        own=own,
        together=TOGETHER,
        anywhere=ANYWHERE,
        typing=BESIDE_FIELDS | {id for id in own if id.partition(".")[0] in FIELDS},
        field_keys=frozenset(binding.key for binding in Binding.make_bindings(Input.BINDINGS)),
        is_character=is_character,
    )


def is_character(name: str) -> bool:
    """Whether the key writes something into a field."""
    return len(name) == 1 or name == "space" or name in _CHARACTERS


def _bindings(node: type[DOMNode]) -> Iterator[Binding]:
    """Of the class and of its bases in bwtop, one for each key."""
    for base in node.__mro__:
        if base.__module__.startswith("bwtop"):
            own = Binding.make_bindings(base.__dict__.get("BINDINGS", ()))
            yield from (binding for binding in own if binding.id)


def key_name(written: str) -> str | None:
    """Textual's name of a key: `question_mark` for `?`; None: there is no such key."""
    if len(written) == 1:
        return _name(written) if written.isprintable() and written != " " else None
    return written if written in _NAMES else None


def _name(character: str) -> str:
    """A comma stands between keys for Textual, so it goes by its name."""
    if character == ",":
        return "comma"
    return next(binding.key for binding in Binding.make_bindings([Binding(character, "")]))


_CHARACTERS: Final = frozenset(_name(character) for character in (*_PUNCTUATION, ","))
_NAMES: Final = frozenset(
    {
        *(key.value for key in Keys if not key.value.startswith("<")),
        *_CHARACTERS,
        *(f"alt+{character}" for character in "abcdefghijklmnopqrstuvwxyz0123456789"),
    }
    - _TWINS
)
