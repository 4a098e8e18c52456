"""What is wider than a dialog hangs under its own beginning."""

from textual.app import App

from bwtop.screens.help import HelpScreen
from bwtop.screens.sources import SourcesScreen
from screens.conftest import Screen


def begins(line: str, words: str) -> int:
    assert words in line, line
    return line.index(words)


async def test_the_reason_of_a_source_keeps_its_indent() -> None:
    app = App[None]()
    async with app.run_test(size=(80, 24)) as pilot:
        await app.push_screen(SourcesScreen(lambda: [" node: never read", f"   first {'word ' * 20}last"]))
        screen = Screen(app, pilot)
        await screen.shows("last")
        assert begins(screen.line("first"), "first") == begins(screen.line("last"), "word")


async def test_a_long_line_of_the_help_goes_on_behind_its_keys(screen: Screen) -> None:
    await screen.pilot.press("question_mark")
    await screen.shows("label:app=web")
    first, second = screen.line("Show some rows only"), screen.line("label:app=web")
    assert first != second
    assert begins(first, "Show some rows") == begins(second, "label:app=web")
    assert isinstance(screen.app.screen, HelpScreen)
