"""A list to choose from with arrow and vi keys; it keeps its place when what it offers changes."""

from collections.abc import Sequence
from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.content import Content
from textual.widgets import OptionList
from textual.widgets.option_list import Option

from bwtop_widgets.cell_text import visible


def _key(name: str, keys: str, action: str, tooltip: str) -> Binding:
    return Binding(keys, action, tooltip, show=False, id=f"list.{name}", tooltip=tooltip)


class ChoiceList(OptionList, inherit_bindings=False):
    """Texts are shown as they are, never as markup."""

    BINDINGS: ClassVar[list[BindingType]] = [
        _key("up", "up,k", "cursor_up", "One line up"),
        _key("down", "down,j", "cursor_down", "One line down"),
        _key("first", "home,g", "first", "To the first line"),
        _key("last", "end,G", "last", "To the last line"),
        _key("page-up", "pageup,ctrl+b", "page_up", "One page up"),
        _key("page-down", "pagedown,ctrl+f", "page_down", "One page down"),
        _key("select", "enter", "select", "Choose the line"),
    ]

    def offer(self, choices: Sequence[tuple[str, str]]) -> None:
        """Show these (id, text); the line that was highlighted stays so while it is offered."""
        if [(option.id, str(option.prompt)) for option in self.options] == [(id, visible(t)) for id, t in choices]:
            return
        at = self.highlighted
        kept = None if at is None else self.get_option_at_index(at).id
        self.clear_options()
        self.add_options([Option(Content(visible(text)), id=id) for id, text in choices])
        ids = [id for id, _ in choices]
        self.highlighted = ids.index(kept) if kept in ids else (0 if ids else None)

    @property
    def chosen(self) -> str | None:
        """The id of the highlighted line."""
        return None if self.highlighted is None else self.get_option_at_index(self.highlighted).id


if __name__ == "__main__":
    from bwtop_widgets.gallery import ListGallery

    ListGallery().run()
