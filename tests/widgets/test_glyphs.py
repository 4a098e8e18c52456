from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len
from textual.app import App, ComposeResult
from textual.widgets import Static

from bwtop_widgets.glyphs import AsciiFilter, ascii_text
from bwtop_widgets.looks import picture
from bwtop_widgets.meter import meter
from bwtop_widgets.sparkline import spark
from widgets.terminal import screen_lines


@given(st.text(alphabet=st.characters(exclude_categories=["Cs", "Cc", "Mn", "Me", "Cf"])))
def test_ascii_takes_as_many_cells(text):
    plain = ascii_text(text)
    assert plain.isascii()
    assert cell_len(plain) == cell_len(text)


def test_what_is_drawn_reads_as_drawn_in_ascii():
    rising = [0, 1, 2, 3, 4, 5, 6, 7, 8]
    assert ascii_text(spark(rising, 9)) == spark(rising, 9, ascii=True)
    assert all(ascii_text(meter(share / 40, 10)) == meter(share / 40, 10, ascii=True) for share in range(50))


def test_words_stay_legible():
    assert ascii_text("✓ in sync · größe …x 漢") == "+ in sync . gro?e ~x ??".replace("gro?e", "gro?e")


class Bordered(App[None]):
    CSS = "Static { border: round white; }"

    def compose(self) -> ComposeResult:
        yield Static("▲ at cap █▌")

    def on_mount(self) -> None:
        self._filters.append(AsciiFilter())


async def test_the_filter_reaches_borders_too():
    app = Bordered()
    async with app.run_test(size=(20, 3)):
        assert screen_lines(app) == ["+------------------+", "|^ at cap #-       |", "+------------------+"]
        assert picture(app).isascii()
