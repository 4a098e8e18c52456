"""What a live table tells those around it, and the keys that it takes."""

from typing import TYPE_CHECKING, Any

from textual.binding import Binding, BindingType
from textual.message import Message

if TYPE_CHECKING:
    from bwtop_widgets.live_table import LiveTable


class TableEvent(Message, bubble=True):
    def __init__(self, table: "LiveTable[Any]") -> None:
        super().__init__()
        self.table = table

    @property
    def control(self) -> "LiveTable[Any]":
        return self.table


class RowHighlighted(TableEvent, namespace="live_table"):
    """The cursor came to another row, by hand or because its row went away."""

    def __init__(self, table: "LiveTable[Any]", key: str | None) -> None:
        super().__init__(table)
        self.key = key
        """None: no row is shown."""

    def can_replace(self, message: Message) -> bool:
        return isinstance(message, RowHighlighted) and message.table is self.table


class RowSelected(TableEvent, namespace="live_table"):
    """Enter or a double click on a row."""

    def __init__(self, table: "LiveTable[Any]", key: str) -> None:
        super().__init__(table)
        self.key = key


class HeaderClicked(TableEvent, namespace="live_table"):
    """A click on a title; the table has sorted itself."""

    def __init__(self, table: "LiveTable[Any]", column: str) -> None:
        super().__init__(table)
        self.column = column


class MarksChanged(TableEvent, namespace="live_table"):
    """Other rows are marked than before."""

    def can_replace(self, message: Message) -> bool:
        return isinstance(message, MarksChanged) and message.table is self.table


def _key(name: str, keys: str, action: str, description: str, tooltip: str) -> Binding:
    return Binding(keys, action, description, show=False, id=f"table.{name}", tooltip=tooltip)


KEYS: list[BindingType] = [
    _key("up", "up,k", "move(-1)", "Up", "One row up"),
    _key("down", "down,j", "move(1)", "Down", "One row down"),
    _key("page-up", "pageup,ctrl+b", "page(-1)", "Page up", "One screen up"),
    _key("page-down", "pagedown,ctrl+f", "page(1)", "Page down", "One screen down"),
    _key("top", "home,g", "top", "Top", "To the first row, and stay at the top"),
    _key("bottom", "end,G", "bottom", "Bottom", "To the last row"),
    _key("left", "left", "scroll_left", "Left", "Columns further left"),
    _key("right", "right", "scroll_right", "Right", "Columns further right"),
    _key("select", "enter", "select", "Open", "Open the row"),
    _key("mark", "space", "mark", "Mark", "Mark the row, or unmark it, and go to the next one"),
    _key("mark-range", "V,ctrl+@", "mark_range", "Mark range", "Mark all rows from the last marked one to here"),
    _key(
        "invert-marks",
        "asterisk",
        "invert_marks",
        "Invert marks",
        "Mark the rows that are not marked, and unmark the others",
    ),
    _key("unmark", "U", "unmark", "Unmark", "Unmark all rows"),
]
