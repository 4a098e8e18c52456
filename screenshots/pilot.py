"""A pilot that goes on as soon as nothing is on its way in the app."""

from collections.abc import Iterator
from unittest.mock import patch

from textual.app import App
from textual.message_pump import MessagePump
from textual.pilot import Pilot


class SettledPilot(Pilot[None]):
    """Textual's own takes a process that uses little of its processor to be at rest: each key costs 40 ms and more, and
    on a busy machine it goes on too early. This one looks at the messages."""

    def __init__(self, app: App[None]) -> None:
        super().__init__(app)
        app.animation_level = "none"

    async def press(self, *keys: str) -> None:
        """As somebody does who looks at the screen first."""
        await self.settle()
        for key in keys:
            with patch("textual.app.wait_for_idle", _at_once):
                await self.app._press_keys([key])
            await self.settle()

    async def settle(self) -> None:
        """Until no message waits anywhere, and the screen is laid out and painted; what a worker or a timer brings
        later is no message yet."""
        while await self._wait_for_screen() and self._unsettled():
            self.app.screen._on_timer_update()

    def _unsettled(self) -> bool:
        screen = self.app.screen
        return bool(
            any(node.message_queue_size or node._next_callbacks for node in self._nodes())
            or screen._layout_required
            or screen._repaint_required
            or screen._dirty_widgets
            or screen._callbacks
        )

    def _nodes(self) -> Iterator[MessagePump]:
        """Those that still take messages."""
        yield self.app
        for screen in self.app.screen_stack:
            for node in screen.walk_children(with_self=True):
                if node.is_running and not node._closing:
                    yield node


async def _at_once(*_: float) -> None: ...
