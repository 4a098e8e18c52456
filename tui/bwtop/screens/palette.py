"""The command palette: everything that a key does, with its key, and why it cannot be done now."""

from collections.abc import Awaitable, Callable, Iterator
from functools import partial

from textual.binding import ActiveBinding
from textual.command import DiscoveryHit, Hit, Hits, Provider
from textual.markup import escape

from bwtop_widgets.key_order import in_declared_order

Run = Callable[[], Awaitable[bool]]
LAST = ("table.", "list.", "filter.", "detail.")
"""Keys to move about: nobody opens the palette for them."""


class Commands(Provider):
    """Of the screen that the palette was opened on. The only provider: the order of several is random in Textual."""

    async def discover(self) -> Hits:
        for title, about, run in self._commands():
            yield DiscoveryHit(title, run, text=title, help=about)

    async def search(self, query: str) -> Hits:
        matcher = self.matcher(query)
        for title, about, run in self._commands():
            if (score := max(matcher.match(title), matcher.match(about) * 0.8)) > 0:
                yield Hit(score, matcher.highlight(title), run, text=title, help=about)

    def _commands(self) -> Iterator[tuple[str, str, Run]]:
        for active in _ordered(in_declared_order(self.screen.active_bindings.values())):
            binding = active.binding
            title = f"{binding.description} ({self.app.get_key_display(binding)})"
            why_not = getattr(self.screen, "why_not", lambda action: "")
            reason = "" if active.enabled else why_not(binding.action.partition("(")[0])
            run = partial(self.app.run_action, binding.action, active.node)
            yield escape(title), escape(f"not now: {reason}" if reason else binding.tooltip), run


def _ordered(found: list[ActiveBinding]) -> Iterator[ActiveBinding]:
    """Each action once: those of the footer first, those that only move about last."""
    seen: set[str] = set()
    for active in sorted(found, key=lambda one: (_moves(one), not one.binding.show)):
        id = active.binding.id or ""
        if active.binding.tooltip and id not in (*seen, "app.palette"):
            seen.add(id)
            yield active


def _moves(active: ActiveBinding) -> bool:
    return (active.binding.id or "").startswith(LAST)
