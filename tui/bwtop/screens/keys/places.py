"""Which cluster is looked at, and which of its namespaces."""

import asyncio
from collections.abc import Callable
from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.message import Message

from bwtop.kube.errors import KubeError
from bwtop.live.scope import list_namespaces
from bwtop.model.place import Contexts, Place
from bwtop.screens.picker import Choice, PickerScreen
from bwtop.screens.tables import TablesScreen

ListContexts = Callable[[], Contexts]
"""Blocks; raises KubeError."""
ALL = ""
"""The choice of all namespaces."""


class PlaceKeys(TablesScreen):
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("n", "namespace", "Namespace", show=False, id="main.namespace", tooltip="Show one namespace, or all"),
        Binding("C", "context", "Context", show=False, id="main.context", tooltip="Go to another cluster"),
    ]

    class PlaceChosen(Message):
        """The user wants to look elsewhere."""

        def __init__(self, place: Place) -> None:
            super().__init__()
            self.place = place

    def __init__(self, place: Place, *, contexts: ListContexts = Contexts) -> None:
        super().__init__(place)
        self._list_contexts = contexts

    def action_context(self) -> None:
        self.run_worker(self._pick_context(), group="picker", exclusive=True)

    async def _pick_context(self) -> None:
        try:
            contexts = await asyncio.to_thread(self._list_contexts)
        except KubeError as error:
            self.notify(str(error), severity="error", markup=False)
            return
        if not contexts.names:
            self.notify("there is no kubeconfig with contexts: nothing to choose from", severity="warning")
            return
        current = self.place.context or contexts.current
        choices = [Choice(name, name, "current-context" if name == contexts.current else "") for name in contexts.names]
        chosen = await self.app.push_screen_wait(PickerScreen("Context", choices, current=current))
        if chosen is not None and chosen != current:
            self.post_message(self.PlaceChosen(Place(context=chosen)))

    def action_namespace(self) -> None:
        self.run_worker(self._pick_namespace(), group="picker", exclusive=True)

    async def _pick_namespace(self) -> None:
        """Those of the pods that are known at once, the others when the API server has listed them."""
        current = (self.cluster.namespace if self.cluster else self.place.namespace) or ALL
        seen = sorted({pod.namespace for pod in self.store.objects.pods.values()} | ({current} - {ALL}))
        picker = PickerScreen(
            "Namespace",
            [Choice(ALL, "all namespaces"), *(Choice(name, name) for name in seen)],
            current=current,
            typed="namespace",
        )
        adding = self.run_worker(self._add_namespaces(picker), group="namespaces", exclusive=True)
        chosen = await self.app.push_screen_wait(picker)
        adding.cancel()
        if chosen is not None and chosen != current:
            self.post_message(self.PlaceChosen(Place(context=self.place.context, namespace=chosen or None)))

    async def _add_namespaces(self, picker: PickerScreen) -> None:
        if self.cluster is None:
            return
        try:
            names = await list_namespaces(self.cluster.api)
        except KubeError as error:
            picker.add((), note=f"only what was seen; {error}")
        else:
            picker.add(Choice(name, name) for name in names)
