"""Editing the limits of the chosen pods, and taking the last edits back."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, ClassVar

from textual.binding import Binding, BindingType

from bwtop.kube.errors import KubeError
from bwtop.live.cluster import Cluster
from bwtop.live.guard import guard_of
from bwtop.model.place import Place
from bwtop.screens.keys.write import WriteKeys
from bwtop_widgets.key_words import with_keys

if TYPE_CHECKING:
    from bwtop.live.batch import Batch
    from bwtop.live.plan import Edited, Plan


class EditKeys(WriteKeys):
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("e", "edit", "Edit limit", id="main.edit", tooltip="Change the limits of the chosen pods"),
        Binding("u", "undo", "Undo", show=False, id="main.undo", tooltip="Take the last edit of this session back"),
    ]

    def __init__(self, place: Place) -> None:
        super().__init__(place)
        self._undos: list[Sequence[Plan]] = []
        """What takes each edit of the session back, the last one last."""

    async def show_place(self, place: Place) -> None:
        """Edits of another cluster cannot be taken back here."""
        if place.context != self.place.context:
            self._undos = []
        await super().show_place(place)

    def why_not(self, action: str) -> str:
        match action:
            case "edit":
                return self.why_not_write()
            case "undo" if not self._undos:
                return "nothing was edited in this session"
            case "undo" if not self.writable:
                return self.read_only
        return super().why_not(action)

    # -- editing --------------------------------------------------------------------------------------------------
    def action_edit(self) -> None:
        if self.cluster is not None:
            self.table.hold_cursor()
            self.app.clear_notifications()
            self.run_worker(self._edit(self.cluster, self.chosen_pods), group="edit", exclusive=True)

    async def _edit(self, cluster: Cluster, pods: Sequence[str]) -> None:
        from bwtop.live.plan import Result  # what only an edit needs is not loaded before the first row
        from bwtop.model.edit import REMOVAL
        from bwtop.screens.limit import LimitScreen

        await self.review(pods)
        if reason := self.why_not_write():
            self.notify(reason, severity="warning", markup=False)
            return
        batch = _batch(cluster)
        try:
            plans = await batch.plan([_parts(key) for key in pods], REMOVAL)
        except KubeError as error:
            self.notify(f"{error}", severity="error", markup=False)
            return
        for plan in plans:
            if plan.refusal:
                self.notify(f"{plan.name}: {plan.refusal}", severity="warning", markup=False)
        if not (possible := [plan for plan in plans if not plan.refusal]):
            return
        screen = LimitScreen(possible, presets=cluster.profile.presets, sends=self._rates(possible))
        proposal = await self.app.push_screen_wait(screen)
        if proposal is not None:
            edits = await self._write(cluster, [plan.proposing(proposal) for plan in possible], "Limit of")
            if changed := [edited.plan.undoing for edited in edits if edited.outcome.result is Result.CHANGED]:
                self._undos.append(changed)
                if not all(edited.good for edited in edits):
                    self.notify(with_keys(self, "{main.undo} takes back what was written"), severity="warning")
        self.refresh_bindings()

    def _rates(self, plans: Sequence["Plan"]) -> dict[str, int]:
        rows = [self.store.pods.get(plan.holder.key) for plan in plans]
        return {row.key: row.rate for row in rows if row is not None and row.rate is not None}

    async def _write(self, cluster: Cluster, plans: Sequence["Plan"], doing: str) -> Sequence["Edited"]:
        from bwtop.screens.write import WriteScreen

        guard = guard_of(cluster.profiles, cluster.api.connection)
        screen = WriteScreen(_batch(cluster), plans, doing=doing, guard=guard)
        return await self.app.push_screen_wait(screen)

    # -- undo -----------------------------------------------------------------------------------------------------
    def action_undo(self) -> None:
        if self.cluster is not None and self._undos:
            self.run_worker(self._undo(self.cluster, self._undos[-1]), group="edit", exclusive=True)

    async def _undo(self, cluster: Cluster, plans: Sequence["Plan"]) -> None:
        edits = await self._write(cluster, plans, "Take back the limit of")
        settled = {edited.plan.holder.uid for edited in edits if edited.outcome.settled}
        self._undos.remove(plans)
        if left := [plan for plan in plans if plan.holder.uid not in settled]:
            self._undos.append(left)
        self.refresh_bindings()


def _batch(cluster: Cluster) -> "Batch":
    from bwtop.live.audit import AuditLog, audit_path
    from bwtop.live.batch import Batch
    from bwtop.live.editor import Editor

    return Batch(
        cluster.api,
        Editor(cluster.api, audit=AuditLog(audit_path())),
        cilium_namespace=cluster.cilium_namespace,
        cilium_selector=cluster.profile.cilium_selector,
    )


def _parts(key: str) -> tuple[str, str]:
    namespace, _, name = key.partition("/")
    return namespace, name
