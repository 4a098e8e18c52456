"""The keys that act now, on one line: as many as fit, the first ones first, and no word cut."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from rich.cells import cell_len
from textual import events
from textual.dom import DOMNode
from textual.screen import Screen

from bwtop_widgets.key_order import in_declared_order
from bwtop_widgets.tone_line import Toned, ToneLine

GAP = 2


@dataclass(frozen=True, slots=True)
class Key:
    name: str
    """As people write it: `ctrl+r`."""
    text: str
    action: str
    node: DOMNode
    """Whose action it is."""
    enabled: bool = True

    @property
    def width(self) -> int:
        return cell_len(self.name) + 1 + cell_len(self.text)


def fitting(keys: Sequence[Key], pinned: Sequence[Key], *, width: int) -> list[Key]:
    """The keys from the first on that fit beside the pinned ones, which stand at the end."""
    room = width - sum(key.width + GAP for key in pinned) + (0 if keys else GAP)
    fit: list[Key] = []
    for key in keys:
        room -= key.width + (GAP if fit else 0)
        if room < 0:
            break
        fit.append(key)
    return [*fit, *pinned]


class KeysLine(ToneLine):
    """Takes its keys from the screen's bindings; a click does what the key does."""

    DEFAULT_CSS = "KeysLine { background: $panel; color: $foreground; padding: 0 1; }"

    def __init__(self, *, pinned: Iterable[str] = (), id: str | None = None) -> None:
        """`pinned`: ids of the bindings that are always shown."""
        super().__init__(id=id)
        self._pinned = frozenset(pinned)
        self.shown: Sequence[Key] = ()
        """Those that fit, in their order."""

    def on_mount(self) -> None:
        self.screen.bindings_updated_signal.subscribe(self, self._bindings_changed)
        self._show()

    def on_resize(self, _event: events.Resize) -> None:
        self._show()

    def on_click(self, event: events.Click) -> None:
        at = event.get_content_offset(self)
        x = -1 if at is None else at.x
        for key in self.shown:
            if 0 <= x < key.width and key.enabled:
                self.app.call_later(self.app.run_action, key.action, key.node)
                return
            x -= key.width + GAP

    def _bindings_changed(self, _screen: Screen[Any]) -> None:
        if self.is_attached and self.app.screen is self.screen:
            self._show()

    def _show(self) -> None:
        if not self.size.width:
            return
        keys: list[Key] = []
        pinned: list[Key] = []
        for id, key in self._keys():
            (pinned if id in self._pinned else keys).append(key)
        self.shown = fitting(keys, pinned, width=self.size.width)
        self.paint([piece for key in self.shown for piece in _pieces(key, last=key is self.shown[-1])])

    def _keys(self) -> Iterator[tuple[str | None, Key]]:
        seen: set[str] = set()
        for active in in_declared_order(self.screen.active_bindings.values()):
            binding = active.binding
            if binding.show and binding.action not in seen:
                seen.add(binding.action)
                name = self.app.get_key_display(binding)
                yield binding.id, Key(name, binding.description, binding.action, active.node, active.enabled)


def _pieces(key: Key, *, last: bool) -> Iterator[Toned]:
    yield key.name, "accent" if key.enabled else "dim"
    yield f" {key.text}", "" if key.enabled else "dim"
    if not last:
        yield " " * GAP, ""


if __name__ == "__main__":
    from bwtop_widgets.gallery import TableGallery

    TableGallery().run()
