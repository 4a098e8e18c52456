from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len
from textual.app import App, ComposeResult

from bwtop_widgets.status_bar import LineSegment, SegmentsLine, lay_out
from widgets.rivers import painted
from widgets.terminal import screen_lines

SEGMENTS = (
    LineSegment("rivers", "bold"),
    LineSegment("all valleys", priority=1),
    LineSegment("hourly", "dim", priority=2),
    LineSegment("CALM", "good", right=True),
    LineSegment("3 B/s", right=True, priority=3),
)


def said(width, segments=SEGMENTS):
    return "".join(text for text, _ in lay_out(segments, width=width))


def test_segments_stand_at_both_ends_of_the_line():
    assert said(50) == "rivers  all valleys  hourly            CALM  3 B/s"
    assert said(40) == "rivers  all valleys  hourly  CALM  3 B/s"


def test_segments_give_way_by_priority():
    assert said(39) == "rivers  all valleys  hourly        CALM"
    assert said(30) == "rivers  all valleys       CALM"
    assert said(20) == "rivers          CALM"


def test_what_must_stay_is_clipped_when_there_is_no_room():
    assert said(10) == "rivers  C…"
    assert said(4) == "riv…"


def test_text_of_a_segment_cannot_write_to_the_terminal():
    assert said(20, [LineSegment("a\x1b[31m\nb")]) == "a␛[31m␊b            "


@given(
    st.lists(st.builds(LineSegment, st.text(max_size=12), priority=st.integers(0, 3), right=st.booleans())),
    st.integers(1, 60),
)
def test_the_line_is_always_exactly_as_wide_as_the_screen(segments, width):
    assert cell_len(said(width, segments)) == width


class Lines(App[None]):
    def compose(self) -> ComposeResult:
        yield SegmentsLine()


async def test_the_line_follows_the_width_of_the_screen():
    app = Lines()
    async with app.run_test(size=(52, 5)) as pilot:
        app.query_one(SegmentsLine).show(SEGMENTS)
        await painted(app)
        assert screen_lines(app)[0] == " " + said(50)
        await pilot.resize_terminal(22, 5)
        await painted(app)
        assert screen_lines(app)[0] == " " + said(20)


async def test_only_the_part_that_differs_is_sent(terminal):
    app = Lines()
    async with app.run_test(size=(52, 5)):
        line = app.query_one(SegmentsLine)
        line.show(SEGMENTS)
        await painted(app)
        with terminal.listening() as output:
            line.show(SEGMENTS)
            await painted(app)
        assert output.size == 0
        with terminal.listening() as output:
            line.show([LineSegment("floods", "bad"), *SEGMENTS[1:]])
            await painted(app)
        assert "floods" in output.text
        assert "valleys" not in output.text
        assert output.size < 100
