"""The dialog that makes an edit: tries it on the API server, asks, writes, and watches until the maps agree."""

import time
from collections.abc import Sequence
from enum import Enum
from typing import ClassVar

from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical, VerticalScroll
from textual.content import Content
from textual.widgets import Input, Static

from bwtop.kube.errors import KubeError
from bwtop.live.batch import Batch
from bwtop.live.guard import Guard
from bwtop.live.plan import Edited, Plan, Result, notes
from bwtop.live.questions import Question, questions
from bwtop.model.printable import printable
from bwtop.panels.edit_lines import preview, progress, toned
from bwtop_widgets.clipboard import copy
from bwtop_widgets.dialog import Dialog
from bwtop_widgets.key_words import with_keys
from bwtop_widgets.keys_line import KeysLine

WAIT = 15.0
"""Seconds that an edit of a pod is watched; an agent takes about one."""
ROLLOUT_WAIT = 600.0
"""Seconds that a rollout is followed; who does not want to wait may leave."""
TICK = 0.5


class _Stage(Enum):
    TRYING = "trying it on the API server"
    REFUSED = "nothing was written"
    ASKING = "{write.write} writes it, {write.close} leaves everything as it is"
    WRITING = "writing"
    LANDING = "watching it land; {write.close} leaves, what is written stays so"
    DONE = "done"


class WriteScreen(Dialog[Sequence[Edited]]):
    """Gives all that was written or refused, also when it is left early."""

    CSS_PATH = "write.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("y", "write", "Write", id="write.write", tooltip="Write it"),
        Binding("o", "over", "Over theirs", id="write.over", tooltip="Try again over the value that stands there now"),
        Binding("t", "template", "Template", id="write.template", tooltip="The same in what makes the pods"),
        Binding("c", "copy", "Copy kubectl", id="write.copy", tooltip="Copy the kubectl lines that do the same"),
        Binding("escape", "leave", "Close", id="write.close", tooltip="Leave; what is not written stays so"),
    ]

    def __init__(self, batch: Batch, plans: Sequence[Plan], *, doing: str, guard: Guard) -> None:
        """`doing`: how the title begins, before whose limits they are: `Limit of`, `Take back the limit of`."""
        super().__init__()
        self._batch, self._plans, self._doing = batch, plans, doing
        self._guard = guard
        self._stage = _Stage.TRYING
        self._told: dict[str, Edited] = {}
        """What is known of each object, by its uid."""
        self._written_at: dict[str, float] = {}
        """Of those that have not landed yet, by monotonic time."""
        self._edits: list[Edited] = []
        self._questions: list[Question] = []

    def compose(self) -> ComposeResult:
        with Vertical(id="box"):
            with VerticalScroll(id="scroll"):
                yield Static(id="preview")
                yield Static(id="notes")
                yield Static(id="kubectl")
                yield Static(id="progress")
            yield Static(id="stage")
            yield Input(compact=True, id="answer")
        yield KeysLine(id="keys")

    def on_mount(self) -> None:
        self.query_one(Input).cursor_blink = False
        self.set_interval(TICK, self._show_progress)
        self._begin(self._plans)

    # -- stages ---------------------------------------------------------------------------------------------------
    def _begin(self, plans: Sequence[Plan]) -> None:
        self._plans, self._told = plans, {}
        self.query_one("#box").border_title = Content(f"{self._doing} {_whose(plans)}")
        self.query_one("#preview", Static).update(preview(plans, plans[0].proposal if _alike(plans) else None))
        self.query_one("#notes", Static).update(Content("\n".join(notes(plans))))
        self.query_one("#kubectl", Static).update(toned("\n".join(self._batch.kubectl(plans)[:2]), "dim"))
        self._enter(_Stage.TRYING)
        self._try()

    def _enter(self, stage: _Stage, words: str = "") -> None:
        self._stage = stage
        tone = "bad" if stage is _Stage.REFUSED else "bold"
        # Where a question is asked, or all is written, a low screen has better use for its place.
        asked = self.query_one(Input).has_class("-shown")
        self.query_one("#kubectl").display = stage in (_Stage.TRYING, _Stage.ASKING) and not asked
        self.query_one("#scroll").set_class(asked, "-asking")
        self.query_one("#stage", Static).update(toned(words or with_keys(self, stage.value), tone))
        self._show_progress()
        if self._idle:
            self.query_one("#scroll", VerticalScroll).scroll_end(animate=False)
        self.refresh_bindings()

    @work(exclusive=True)
    async def _try(self) -> None:
        self._take(await self._batch.try_all(self._plans))
        if not all(edited.good for edited in self._told.values()):
            self._edits += self._told.values()
            self._enter(_Stage.REFUSED, f"{_Stage.REFUSED.value}{self._offer()}")
        elif not any(plan.needed for plan in self._plans):
            self._enter(_Stage.DONE, with_keys(self, "nothing is to be changed; {write.close} closes this"))
        else:
            self._questions = list(questions(self._plans, self._guard))
            self._ask()

    def _ask(self) -> None:
        field = self.query_one(Input)
        field.value = ""
        field.set_class(bool(self._questions), "-shown")
        if self._questions:
            question = self._questions[0]
            self._enter(_Stage.ASKING, f"{printable(question.why, limit=300)}. Type {question.called} and enter:")
            field.focus()
        else:
            self._enter(_Stage.ASKING)
            self.set_focus(None)

    @on(Input.Submitted)
    def _answered(self, event: Input.Submitted) -> None:
        question = self._questions[0]
        if event.value != question.answer:
            self.notify(f"that is not {question.called}; nothing was written", severity="warning", markup=False)
            event.input.value = ""
            return
        del self._questions[0]
        if self._questions:
            self._ask()
        else:
            event.input.remove_class("-shown")
            self.set_focus(None)
            self._write()

    @work(exclusive=True, group="edit")
    async def _write(self) -> None:
        self._told = {}
        self._enter(_Stage.WRITING)
        try:
            wait = WAIT if self._plans[0].pod else ROLLOUT_WAIT
            edits = await self._batch.write_all(self._plans, wait=wait, tell=self._hear)
        except OSError as error:
            self._enter(_Stage.REFUSED, f"nothing more was written: the audit log cannot be: {error}")
            return
        finally:
            self._edits += self._told.values()
            self._written_at.clear()
        self._take(edits)
        self._enter(_Stage.DONE, f"{_summary(edits)}{self._offer()}")

    def _hear(self, edited: Edited) -> None:
        uid = edited.plan.holder.uid
        if edited.waits:
            self._written_at.setdefault(uid, time.monotonic())
        else:
            self._written_at.pop(uid, None)
        self._take([edited])
        self._show_progress()
        if self._stage is _Stage.WRITING and len(self._told) == len(self._plans):
            self._enter(_Stage.LANDING)

    def _take(self, edits: Sequence[Edited]) -> None:
        self._told |= {edited.plan.holder.uid: edited for edited in edits}

    def _show_progress(self) -> None:
        waited = {uid: self.waited(since) for uid, since in self._written_at.items()}
        width = self.query_one("#scroll", VerticalScroll).scrollable_content_region.width or None
        self.query_one("#progress", Static).update(progress(self._plans, self._told, waited, width=width))

    def waited(self, since: float) -> float:
        """Seconds from a monotonic time on; pictures stop it."""
        return time.monotonic() - since

    # -- keys -----------------------------------------------------------------------------------------------------
    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        match action:
            case "write":
                return self._stage is _Stage.ASKING and not self._questions
            case "over":
                return self._idle and bool(self._lost())
            case "template":
                return self._stage in (_Stage.ASKING, _Stage.DONE) and any(plan.owners for plan in self._plans)
            case "leave":
                return self._stage is not _Stage.WRITING
        return super().check_action(action, parameters)

    @property
    def _idle(self) -> bool:
        return self._stage in (_Stage.REFUSED, _Stage.DONE)

    def _lost(self) -> Sequence[Plan]:
        """Edits in which somebody else was faster."""
        return [edited.plan for edited in self._told.values() if edited.outcome.result is Result.CONFLICT]

    def _offer(self) -> str:
        again = "; {write.over} tries it again over the value that stands there now"
        return with_keys(self, again if self._lost() else "; {write.close} closes this")

    def action_write(self) -> None:
        self._write()

    def action_leave(self) -> None:
        self.dismiss(self._final())

    def _final(self) -> Sequence[Edited]:
        """The last word on each object."""
        return list({edited.plan.holder.uid: edited for edited in [*self._edits, *self._current()]}.values())

    def _current(self) -> Sequence[Edited]:
        return list(self._told.values()) if self._stage in (_Stage.WRITING, _Stage.LANDING) else []

    @work(exclusive=True)
    async def action_over(self) -> None:
        try:
            plans = await self._batch.plan_again(self._lost())
        except KubeError as error:
            self.notify(f"{error}", severity="error", markup=False)
            return
        if plans:
            self._begin(plans)
        else:
            self.notify("there is nothing left to be edited", severity="warning")

    @work(exclusive=True)
    async def action_template(self) -> None:
        try:
            plans = await self._batch.plan_templates([plan for plan in self._plans if plan.owners])
        except KubeError as error:
            self.notify(f"{error}", severity="error", markup=False)
            return
        for plan in plans:
            if plan.refusal:
                self.notify(plan.refusal, severity="warning", markup=False)
        if possible := [plan for plan in plans if not plan.refusal]:
            self.query_one(Input).remove_class("-shown")
            self._begin(possible)

    def action_copy(self) -> None:
        self.notify(copy(self.app, "\n".join(self._batch.kubectl(self._plans))).note, markup=False)


def _whose(plans: Sequence[Plan]) -> str:
    """`pod shop/cart-0`, `3 pods`."""
    return plans[0].name if len(plans) == 1 else f"{len(plans)} {plans[0].holder.noun}s"


def _alike(plans: Sequence[Plan]) -> bool:
    return len({plan.proposal.annotation for plan in plans}) == 1


def _summary(edits: Sequence[Edited]) -> str:
    good = sum(edited.good for edited in edits)
    if good == len(edits):
        return "done" if good == 1 else f"all {good} done"
    waiting = sum(not edited.good and edited.outcome.result is Result.CHANGED for edited in edits)
    parts = [(good, "done"), (waiting, "written but not in force"), (len(edits) - good - waiting, "not done")]
    if len(edits) == 1:
        return next(words for number, words in parts if number)
    return ", ".join(f"{number} {words}" for number, words in parts if number)
