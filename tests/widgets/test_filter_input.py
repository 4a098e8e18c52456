import asyncio

from textual.app import App, ComposeResult

from bwtop_widgets.filter_input import FilterInput
from widgets.rivers import Seen, painted


class Filters(App[None]):
    def __init__(self) -> None:
        super().__init__()
        self.seen = Seen()
        self.told = asyncio.Event()

    def compose(self) -> ComposeResult:
        yield FilterInput()

    def on_filter_input_filter_changed(self, event: FilterInput.FilterChanged) -> None:
        self.told.set()

    @property
    def texts(self) -> list[str]:
        return [message.text for message in self.seen.of(FilterInput.FilterChanged)]


def running(app: Filters):
    return app.run_test(message_hook=app.seen.messages.append)


async def test_the_filter_is_told_once_when_typing_pauses():
    app = Filters()
    async with running(app) as pilot:
        await pilot.press("a", "b", "c")
        assert app.texts == []
        await asyncio.wait_for(app.told.wait(), 2)
        assert app.texts == ["abc"]


async def test_enter_tells_at_once_and_leaves():
    app = Filters()
    async with running(app) as pilot:
        await pilot.press("a", "enter")
        await pilot.pause()
        assert app.texts == ["a"]
        assert app.seen.of(FilterInput.Closed)


async def test_escape_clears_first_and_leaves_when_there_is_nothing_to_clear():
    app = Filters()
    async with running(app) as pilot:
        await pilot.press("a", "enter")
        app.seen.messages.clear()
        await pilot.press("escape")
        await pilot.pause()
        assert app.texts == [""]
        assert not app.seen.of(FilterInput.Closed)
        await pilot.press("escape")
        await pilot.pause()
        assert app.texts == [""]
        assert app.seen.of(FilterInput.Closed)


async def test_text_typed_and_taken_back_within_a_moment_is_not_told():
    app = Filters()
    async with running(app) as pilot:
        await pilot.press("a", "backspace", "enter")
        await pilot.pause()
        assert app.texts == []


async def test_it_is_one_line_whose_cursor_does_not_blink():
    app = Filters()
    async with app.run_test():
        field = app.query_one(FilterInput)
        await painted(app)
        assert field.has_focus
        assert field.size.height == 1
        assert not field._blink_timer._active.is_set()
