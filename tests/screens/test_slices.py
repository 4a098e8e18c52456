"""How much the screen does in one turn of the event loop."""

import pytest

from bwtop.screens import drained
from bwtop.screens.drained import HIDDEN_SECONDS, DrainedTables


class _Table:
    """Takes a while for what it has, by a clock that it moves itself."""

    def __init__(self, clock: list[float], *, takes: float) -> None:
        self.clock, self.takes, self.given = clock, takes, 0.0

    def take_in(self, *, seconds: float) -> bool:
        self.given = seconds
        self.clock[0] += min(self.takes, seconds)
        return self.takes <= seconds


def test_the_tables_that_nobody_sees_share_one_slice(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = [100.0]
    monkeypatch.setattr(drained.time, "monotonic", lambda: clock[0])
    screen = DrainedTables()
    shown, *hidden = (_Table(clock, takes=0.8 * HIDDEN_SECONDS) for _ in range(4))
    screen._tables = [shown, *hidden]  # type: ignore[list-item]
    assert not screen._take_in_hidden()
    assert clock[0] - 100.0 == pytest.approx(HIDDEN_SECONDS)
    assert [table.given for table in (shown, *hidden)] == pytest.approx(
        [0.0, HIDDEN_SECONDS, 0.2 * HIDDEN_SECONDS, 0.0]
    )
