"""Copying rows, and the kubectl lines that do the same."""

from collections.abc import Sequence
from typing import ClassVar, Final

from textual.binding import Binding, BindingType

from bwtop.panels.kubectl import kubectl_words
from bwtop.panels.row_text import name_of, rows_as_text
from bwtop.screens.tables import TablesScreen
from bwtop_widgets.clipboard import copy
from bwtop_widgets.text_dialog import TextDialog

MOST_NAMES: Final = 3
"""That a message lists; all are copied."""


class CopyKeys(TablesScreen):
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("y", "copy", "Copy", id="main.copy", tooltip="Copy the names of the chosen rows"),
        Binding("Y", "copy_rows", "Copy rows", show=False, id="main.copy-rows", tooltip="Copy the chosen rows as text"),
        Binding("c", "kubectl", "kubectl", id="main.kubectl", tooltip="Show the kubectl lines for these rows"),
    ]

    def why_not(self, action: str) -> str:
        match action:
            case "copy" | "copy_rows" | "kubectl" if not self.chosen:
                return "no row is chosen"
            case "kubectl" if self.cluster is None:
                return "there is no cluster yet"
        return super().why_not(action)

    def action_copy(self) -> None:
        names = list(map(name_of, self.chosen))
        more = len(names) - MOST_NAMES
        self._copy("\n".join(names), "Names", told=[*names[:MOST_NAMES], *([f"and {more:,} more"] if more > 0 else [])])

    def action_copy_rows(self) -> None:
        count = len(self.chosen)
        told = f"{count:,} rows as text" if count > 1 else f"the row of {name_of(self.chosen[0])} as text"
        self._copy(rows_as_text(self.chosen, self.chosen_columns), "Rows", told=[told])

    def action_kubectl(self) -> None:
        """The first line changes nothing: that one is copied; the others are to be read before they are run."""
        if self.cluster is None:
            return
        lines = [self.cluster.api.connection.kubectl(words) for words in kubectl_words(self.chosen, self.store)]
        if lines:
            note = f"the first line: {copy(self.app, lines[0]).note}"
            self.app.push_screen(TextDialog("\n\n".join(lines), title="The same with kubectl", note=note))
        else:
            self.notify("no kubectl line shows this row: its node has no agent", severity="warning")

    def _copy(self, text: str, title: str, *, told: Sequence[str]) -> None:
        copied = copy(self.app, text)
        if copied.sent:
            self.notify("\n".join([*told, copied.note]), title="Copied", markup=False)
        else:
            self.app.push_screen(TextDialog(text, title=title, note=copied.note))
