import pytest
from textual.app import App, ComposeResult

from bwtop_widgets.age_badge import AgeBadge, format_age, steady_age
from widgets.rivers import painted

MINUTE, HOUR, DAY, YEAR = 60, 3600, 86400, 365 * 86400


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (-3, "0s"),
        (0.9, "0s"),
        (119, "119s"),
        (2 * MINUTE, "2m"),
        (4 * MINUTE + 10, "4m10s"),
        (10 * MINUTE + 59, "10m"),
        (179 * MINUTE, "179m"),
        (3 * HOUR, "3h"),
        (3 * HOUR + 20 * MINUTE, "3h20m"),
        (8 * HOUR + 20 * MINUTE, "8h"),
        (47 * HOUR, "47h"),
        (3 * DAY + 4 * HOUR, "3d4h"),
        (8 * DAY + 4 * HOUR, "8d"),
        (729 * DAY, "729d"),
        (2 * YEAR + 40 * DAY, "2y40d"),
        (8 * YEAR + 40 * DAY, "8y"),
    ],
)
def test_ages_read_as_kubectl_writes_them(seconds, text):
    assert format_age(seconds) == text


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (0, "<1m"),
        (59.9, "<1m"),
        (60, "1m"),
        (4 * MINUTE + 50, "4m"),
        (599, "9m"),
        (10 * MINUTE, "10m"),
        (3 * DAY, "3d"),
    ],
)
def test_ages_in_a_table_change_once_a_minute_at_most(seconds, text):
    assert steady_age(seconds) == text


class Badges(App[None]):
    def compose(self) -> ComposeResult:
        yield AgeBadge()


async def test_a_badge_says_symbol_word_and_age_and_is_as_wide_as_that():
    app = Badges()
    async with app.run_test() as pilot:
        badge = app.query_one(AgeBadge)
        badge.show("stale", symbol="▲", seconds=250, tone="warn")
        await pilot.pause()
        assert badge.text == "▲ stale 4m10s"
        assert badge.size.width == len(badge.text)
        badge.show("live")
        await pilot.pause()
        assert (badge.text, badge.size.width) == ("live", 4)


async def test_a_badge_sends_nothing_while_it_reads_the_same(terminal):
    app = Badges()
    async with app.run_test():
        badge = app.query_one(AgeBadge)
        badge.show("live", symbol="●", seconds=700, tone="good")
        await painted(app)
        with terminal.listening() as output:
            badge.show("live", symbol="●", seconds=715, tone="good")
            await painted(app)
        assert output.size == 0
        with terminal.listening() as output:
            badge.show("live", symbol="●", seconds=720, tone="good")
            await painted(app)
        assert "12m" in output.text
        assert output.size < 150
