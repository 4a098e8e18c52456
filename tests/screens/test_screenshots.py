"""The pictures in screenshots/ are those of the program as it is."""

import pytest
from screenshots.take import FOLDER, take_all


@pytest.fixture(scope="module")
def checked_in() -> dict[str, str]:
    return {path.name: path.read_text() for path in FOLDER.glob("*.svg")}


async def test_the_pictures_in_screenshots_are_up_to_date(checked_in: dict[str, str]) -> None:
    taken = await take_all()
    stale = sorted(name for name in taken.keys() | checked_in.keys() if taken.get(name) != checked_in.get(name))
    assert not stale, "run `make screenshots`, look at the pictures and commit them"
