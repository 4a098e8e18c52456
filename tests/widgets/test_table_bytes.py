"""What the table costs on the wire at 120x40; 10 kB/s is the budget of the whole program."""

from dataclasses import replace

from widgets.rivers import River, Rivers, running
from widgets.terminal import Output, Terminal

HOSTILE = (
    "\x1b[31mred\x1b[0m",
    "\x1b]0;title\x07",
    "\x1b]52;c;aGVsbG8=\x07",
    "\x9b2J",
    "tab\there\nand\rthere",
    "\u202eright to left\u202c",
    "\u0301" * 1000,
    "漢字漢字漢字漢字漢字",
    "[bold]markup[/bold] [@click=app.quit]x[/]",
    "👩‍👩‍👧‍👦 family",
    "\ud800 lone surrogate",
    "x" * 200_000,
)


HERE = River("r005", 5, "unchanged")


async def sent(app: Rivers, terminal: Terminal, *changes: tuple[str, River | None]) -> Output:
    with terminal.listening() as output:
        app.table.apply(changes)
        app.table.flush()
        await app.painted()
    return output


async def test_nothing_is_sent_while_nothing_looks_different(terminal):
    async with running(1000, size=(120, 40)) as app:
        assert (await sent(app, terminal)).size == 0
        assert (await sent(app, terminal, ("r005", River("r005", 5)))).size == 0


async def test_nothing_is_sent_for_a_row_off_screen(terminal):
    async with running(1000, size=(120, 40)) as app:
        assert (await sent(app, terminal, ("r500", River("r500", 7)))).size == 0


async def test_a_changed_cell_is_sent_without_the_cells_after_it(terminal):
    async with running(1000, size=(120, 40)) as app:
        await sent(app, terminal, ("r005", HERE))
        output = await sent(app, terminal, ("r005", replace(HERE, level=42)))
        assert "42" in output.text
        assert "unchanged" not in output.text
        assert output.size < 200


async def test_a_row_that_comes_or_goes_off_screen_does_not_repaint_the_table(terminal):
    async with running(1000, size=(120, 40)) as app:
        assert (await sent(app, terminal, ("r500", None))).size < 200
        assert (await sent(app, terminal, ("r500", River("r500", 7)))).size < 200


async def test_all_visible_rows_changing_costs_less_than_6_kilobytes(terminal):
    async with running(1000, size=(120, 40)) as app:
        output = await sent(app, terminal, *((key, River(key, 7777)) for key in app.table.visible_keys()))
        assert output.text.count("7777") == 39
        assert output.size < 6_000


async def test_moving_the_cursor_paints_two_rows(terminal):
    async with running(1000, size=(120, 40)) as app:
        with terminal.listening() as output:
            await app.press("down")
        assert "r000" in output.text
        assert "r001" in output.text
        assert "r002" not in output.text
        assert output.size < 1_000


async def test_text_from_outside_cannot_write_to_the_terminal(terminal):
    async with running(1000, size=(120, 40)) as app:
        app.table.sort_by(None)
        hostile = [(f"a{index:03}", River(text, index, text)) for index, text in enumerate(HOSTILE)]
        output = await sent(app, terminal, *hostile)
        assert "␛[31mred" in output.text
        assert "[bold]mar" in output.text
        assert "tab␉here␊and␍there" in output.text
        # Textual itself ends lines with a newline.
        assert all(character.isprintable() for character in output.text.replace("\n", ""))
        assert output.size < 20_000
