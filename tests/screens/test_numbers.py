"""Numbers in the tables at any width: exact, rounded and said to be so, or not there; never cut."""

import pytest
from rich.style import Style
from textual.geometry import Size

from bwtop.live.store import Store
from bwtop.model.limits import Direction, Programmed
from bwtop.model.rows import LimitRow
from bwtop.panels.limit_columns import limit_columns
from bwtop.panels.pod_columns import pod_columns
from bwtop_widgets.columns import Column
from bwtop_widgets.row_scroll import Frame
from bwtop_widgets.table_paint import line_strip
from bwtop_widgets.table_picture import Picture
from bwtop_widgets.table_rows import TableRows
from model.pods import pod_row

STYLES = dict.fromkeys(("", "dim", "good", "warn", "bad", "accent"), Style())
GIGA = 1_000_000_000


def shown(row: object, columns: list[Column[object]], key: str, *, width: int) -> str:
    """What stands in the column with this key."""
    rows = TableRows[object]()
    rows.load({"row": row})
    rows.settle()
    drawn = Picture(columns).followed_by(rows, cursor=None, frame=Frame(Size(width, 5), 0))
    text = line_strip(drawn.lines[0], drawn.placed, STYLES, ascii=False).text
    place = next(place for place in drawn.placed if place.column.key == key)
    return text[place.x : place.end].strip()


def pod_shows(key: str, width: int, **fields: object) -> str:
    return shown(pod_row(name="a-pod-with-quite-a-long-name", **fields), list(pod_columns(Store())), key, width=width)


@pytest.mark.parametrize(
    ("annotation", "narrow", "wide"),
    [
        ("10M", "10M", "10M"),
        ("100000k", "100M", "100000k"),
        ("100000000", "100M", "100000000"),
        ("1500000000", "1500M", "1500M"),
        ("1234567", "≈1.2M", "1234567"),
        ("1234567891234", "≈1.2T", "≈1.2T"),
        ("10000001", "≈10M", "10000001"),
        ("10485760", "≈10.5M", "10485760"),
    ],
)
def test_what_is_asked_is_never_cut(annotation: str, narrow: str, wide: str) -> None:
    assert pod_shows("asked", 66, limit=annotation) == narrow
    assert pod_shows("asked", 200, limit=annotation) == wide


def test_what_is_programmed_is_never_cut() -> None:
    bits = 123 * GIGA + 456_789_016
    assert pod_shows("programmed", 62, limit=None, programmed=bits) == "≈123G"
    assert pod_shows("programmed", 200, limit=None, programmed=bits) == "123456789016"


def limit_shows(key: str, width: int) -> str:
    row = LimitRow(
        node="n1", endpoint_id=124, direction=Direction.EGRESS, programmed=Programmed(12_345_678_912, 4_294_967_295),
        kind="pod", namespace="shop", pod="a-pod-with-quite-a-long-name", identity_id=16_777_217, labels=("k8s:a=web",),
        state=None, reason="",
    )  # fmt: skip
    return shown(row, list(limit_columns()), key, width=width)


def test_numbers_of_the_limits_are_never_cut() -> None:
    assert (limit_shows("bandwidth", 100), limit_shows("priority", 100)) == ("≈12.3G", "…")
    assert (limit_shows("bandwidth", 240), limit_shows("priority", 240)) == ("12345678912", "4294967295")
