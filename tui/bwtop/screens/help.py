"""All keys, made from the bindings themselves, and what the states mean."""

from collections.abc import Iterator, Sequence
from typing import ClassVar

from rich.cells import cell_len
from textual import events
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Static

from bwtop.model.states import State
from bwtop.model.words import state_symbol, state_words
from bwtop.model.wrapping import hanging
from bwtop_widgets.key_words import with_keys

MEANING = {
    State.HOST_NETWORK: "no endpoint of its own, so no limit can apply",
    State.UNKNOWN: "the node's agent cannot be read; the reason says why",
    State.INVALID: "the annotation is no quantity, or comes to no limit (10m is milli)",
    State.PENDING: "changed less than 10 s ago, and the map does not agree yet",
    State.NOT_PROGRAMMED: "asked, and no limit in the node's map",
    State.MISMATCH: "asked and programmed differ",
    State.ORPHAN: "programmed, but not asked",
    State.NOT_ENFORCED: "in the map, but no egress program applies it",
    State.IN_SYNC: "asked equals programmed; at cap from 95 % of it on, over above 115 %",
    State.UNLIMITED: "neither asked nor programmed",
}

WORDS = {
    "asked": "the pod's annotation kubernetes.io/egress-bandwidth, bits a second",
    "programmed": "the limit in the node's BPF map, read from its Cilium agent",
    "rate": "what the pod offers, before the limit: may lie some 10 % above what arrives",
}

GROUPS = {"main": "Tables", "replay": "Recording", "detail": "Detail", "table": "Rows", "app": "bwtop"}
"""Titles by the first part of a binding's id, in the order of the help."""


class HelpScreen(ModalScreen[None]):
    CSS_PATH = "help.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,question_mark,f1,q", "dismiss", "Close", id="help.close", tooltip="Close the help"),
    ]

    def __init__(self, bindings: Sequence[Binding], *, states: bool) -> None:
        """`bindings` are those of the screen that help is asked for; `states`: whether it shows any."""
        super().__init__()
        self._explained, self._states = bindings, states

    def compose(self) -> ComposeResult:
        body = VerticalScroll(Static(), can_focus=True)
        body.border_title = "Keys and states" if self._states else "Keys"
        body.border_subtitle = Content(with_keys(self, "{help.close} close"))
        yield body

    def on_resize(self, _event: events.Resize) -> None:
        self.call_after_refresh(self._lay_out)

    def _lay_out(self) -> None:
        if width := self.query_one(VerticalScroll).scrollable_content_region.width:
            lines = [*self._keys(width), *(self._meanings(width) if self._states else ())]
            self.query_one(Static).update(Content("\n".join(lines)))

    def _keys(self, room: int) -> Iterator[str]:
        groups: dict[str, dict[str, list[str]]] = {title: {} for title in GROUPS.values()}
        for binding in self._explained:
            if binding.tooltip:
                title = GROUPS.get((binding.id or "").partition(".")[0], "Here")
                groups.setdefault(title, {}).setdefault(binding.tooltip, []).append(self.app.get_key_display(binding))
        shown = [
            (title, text, " ".join(dict.fromkeys(keys))) for title, own in groups.items() for text, keys in own.items()
        ]
        width = max((cell_len(keys) for _, _, keys in shown), default=0)
        for number, (title, text, keys) in enumerate(shown):
            if number == 0 or title != shown[number - 1][0]:
                yield f"{title}"
            yield from hanging(f" {' ' * (width - cell_len(keys))}{keys}  ", text, width=room)

    def _meanings(self, room: int) -> Iterator[str]:
        yield "States"
        for state, meaning in MEANING.items():
            yield from hanging(f" {state_symbol(state)} {state_words(state):<15} ", meaning, width=room)
        yield ""
        for word, meaning in WORDS.items():
            yield from hanging(f" {word:<11} ", meaning, width=room)
