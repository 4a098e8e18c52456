"""Where what is shown comes from."""

from collections.abc import Iterator
from typing import ClassVar

from textual.binding import Binding, BindingType

from bwtop.panels.sources import source_lines
from bwtop.screens.sources import SourcesScreen
from bwtop.screens.tables import TablesScreen


class SourceKeys(TablesScreen):
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(
            "exclamation_mark", "sources", "Sources", show=False, id="main.sources",
            tooltip="What is wrong: every source, its state and its age",
        ),
    ]  # fmt: skip

    def why_not(self, action: str) -> str:
        if action == "sources" and self.cluster is None:
            return "there is no way to the cluster yet"
        return super().why_not(action)

    def action_sources(self) -> None:
        self.app.push_screen(SourcesScreen(self._source_lines))

    def _source_lines(self) -> Iterator[str]:
        if (cluster := self.cluster) is not None:
            yield from source_lines(
                cluster.overview(), self.store, next_try=cluster.sampler.next_try, recorded=self.recorded
            )
