"""Which of the four views is shown."""

from typing import ClassVar

from textual import on
from textual.binding import Binding, BindingType

from bwtop.panels.views import VIEW_NUMBER, VIEWS
from bwtop.screens.tables import TablesScreen
from bwtop_widgets.filter_input import FilterInput
from bwtop_widgets.table_events import RowHighlighted


class ViewKeys(TablesScreen):
    BINDINGS: ClassVar[list[BindingType]] = [
        *(
            Binding(
                str(number + 1),
                f"view({number})",
                view.title,
                show=False,
                id=f"main.{view.key}",
                tooltip=f"Show {view.title.lower()}",
            )
            for number, view in enumerate(VIEWS)
        ),
        Binding(
            "tab",
            "next_view(1)",
            "Next view",
            show=False,
            priority=True,
            id="main.next-view",
            tooltip="The next of the four views",
        ),
        Binding(
            "shift+tab",
            "next_view(-1)",
            "Previous view",
            show=False,
            priority=True,
            id="main.previous-view",
            tooltip="The previous of the four views",
        ),
    ]

    def action_view(self, number: int) -> None:
        self.show_view(number)

    def action_next_view(self, step: int) -> None:
        self.show_view((VIEW_NUMBER[self.view.key] + step) % len(VIEWS))

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Tab completes while a filter is typed."""
        if action == "next_view" and isinstance(self.focused, FilterInput):
            return False
        return super().check_action(action, parameters)

    @on(RowHighlighted)
    def _row_highlighted(self, event: RowHighlighted) -> None:
        """What can be done depends on the row: none, one of a pod, one of no pod."""
        if event.table is self.table:
            self.show_detail()
            self.refresh_bindings()
