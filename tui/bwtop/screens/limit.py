"""The dialog in which a limit is chosen: typed, or one of the profile's presets; every key is judged at once."""

from collections.abc import Mapping, Sequence
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.widgets import Button, Input, Static

from bwtop.live.plan import Plan, notes
from bwtop.model.edit import REMOVAL, Proposal, Risk, propose
from bwtop.model.quantity import asked
from bwtop.panels.edit_lines import preview, verdict
from bwtop_widgets.dialog import Dialog
from bwtop_widgets.keys_line import KeysLine

LONGEST = 64


class LimitInput(Input):
    """Its own key for enter comes after all that was typed before; one of the screen's would overtake it.

    The arrows stand here, too: those of a field scroll it, and go before the screen's.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "submit", "Try it", id="limit.try", tooltip="Try it on the API server"),
        Binding("up", "screen.preset(1)", "Larger", id="limit.larger", tooltip="The next larger preset"),
        Binding("down", "screen.preset(-1)", "Smaller", id="limit.smaller", tooltip="The next smaller preset"),
    ]


class LimitScreen(Dialog[Proposal | None]):
    """Gives what is to be written, or None; it writes nothing itself."""

    CSS_PATH = "limit.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "dismiss(None)", "Close", id="limit.close", tooltip="Leave the limit as it is"),
        Binding("ctrl+r", "remove", "Remove", id="limit.remove", tooltip="Take the limit away"),
    ]

    def __init__(self, plans: Sequence[Plan], *, presets: Sequence[str], sends: Mapping[str, int]) -> None:
        """`plans` of pods, whatever they propose; `sends`: the rates of the pods in bits/s, by their keys."""
        super().__init__()
        self._plans, self._presets, self._sends = plans, presets, sends

    def compose(self) -> ComposeResult:
        with Vertical() as box:
            box.border_title = Content(self._title())
            yield LimitInput(self._first(), placeholder="10M", compact=True, max_length=LONGEST, id="value")
            with Horizontal(id="presets"):
                for preset in self._presets:
                    yield Button(preset, name=preset, compact=True, classes="preset")
            yield Static(id="preview")
            yield Static(id="verdict")
            yield Static(Content("\n".join(notes(self._plans))), id="notes")
        yield KeysLine(id="keys")

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        return bool(self._presets) if action == "preset" else super().check_action(action, parameters)

    def on_mount(self) -> None:
        field = self.query_one(Input)
        field.cursor_blink = False
        field.focus()
        self._judge()

    def _title(self) -> str:
        if len(self._plans) == 1:
            return f"Egress limit of {self._plans[0].name}"
        return f"Egress limit of {len(self._plans)} pods"

    def _first(self) -> str:
        """What all of them have now."""
        found = {plan.holder.annotation or "" for plan in self._plans}
        return found.pop()[:LONGEST] if len(found) == 1 else ""

    @property
    def _proposal(self) -> Proposal:
        return propose(self.query_one(Input).value)

    @on(Input.Changed)
    def _judge(self) -> None:
        typed = self.query_one(Input).value
        proposal = self._proposal
        plans = [plan.proposing(proposal) for plan in self._plans]
        self.query_one("#preview", Static).update(preview(plans, proposal if typed else None))
        said = verdict(proposal, plans, self._sends) if typed else Content("a quantity in bits a second, as 10M")
        self.query_one("#verdict", Static).update(said)

    @on(Input.Submitted)
    def _submitted(self, event: Input.Submitted) -> None:
        self._give(propose(event.value))

    def action_remove(self) -> None:
        self._give(REMOVAL)

    def _give(self, proposal: Proposal) -> None:
        needed = any(plan.proposing(proposal).needed for plan in self._plans)
        if proposal.risk is Risk.ILLEGAL or not needed:
            self.app.bell()
        else:
            self.dismiss(proposal)

    def action_preset(self, step: int) -> None:
        """The nearest preset on that side of what is typed; what is no limit lies below all of them."""
        now = self._proposal.asked
        bits = (now.bits_per_second or 0) if now else 0
        sizes = sorted((asked(preset).bits_per_second or 0, preset) for preset in self._presets)
        beyond = [preset for size, preset in sizes if (size > bits if step > 0 else size < bits)]
        if beyond:
            self._choose(beyond[0] if step > 0 else beyond[-1])

    @on(Button.Pressed)
    def _pressed(self, event: Button.Pressed) -> None:
        self._choose(event.button.name or "")

    def _choose(self, preset: str) -> None:
        field = self.query_one(Input)
        field.value = preset
        field.focus()
