from datetime import UTC, datetime

import pytest

from bwtop.model.moment import moment, span, time_of_day

STARTED = datetime(2026, 1, 18, 23, 50, 0, 500_000, tzinfo=UTC).timestamp()


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("90", 90), ("90s", 90), ("4m", 240), ("1h2m3s", 3723), ("2.5s", 2.5), ("0", 0),
        ("+30s", 130), ("-30s", 70), ("+1m", 160), ("-200", -100),
        ("50%", 300), ("100%", 600),
        ("23:51", 59.5), ("23:50:30", 29.5), ("23:50", 0), ("00:10", 1199.5), (" 23:51 ", 59.5),
    ],
)  # fmt: skip
def test_a_moment_is_written_in_many_ways(text: str, seconds: float) -> None:
    assert moment(text, position=100, duration=600, started=STARTED, zone=UTC) == pytest.approx(seconds)


@pytest.mark.parametrize("text", ["", "soon", "+", "25:00", "10:61", "5x", "1s2m", "--3"])
def test_what_is_no_moment_is_refused_with_what_is(text: str) -> None:
    with pytest.raises(ValueError, match="write 10:32"):
        moment(text, position=0, duration=600, started=STARTED, zone=UTC)


@pytest.mark.parametrize(
    ("seconds", "text"), [(0, "0s"), (59.9, "59s"), (60, "1m00s"), (250, "4m10s"), (3723, "1h02m03s")]
)
def test_a_span_reads_to_the_second(seconds: float, text: str) -> None:
    assert span(seconds) == text
    assert moment(text, position=0, duration=0, started=0) == int(seconds)


def test_a_time_of_day_is_that_of_its_zone() -> None:
    assert time_of_day(STARTED, UTC) == "23:50:00"


@pytest.mark.parametrize("milliseconds", [119, 167, 173, 181, 600_000])
def test_all_of_a_recording_is_its_end_to_the_last_bit(milliseconds: int) -> None:
    duration = milliseconds / 1000
    assert moment("100%", position=0, duration=duration, started=STARTED) == duration
