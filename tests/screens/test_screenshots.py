"""The pictures in screenshots/ are those of the program as it is."""

import pytest
from screenshots.shots import Gallery
from screenshots.take import FOLDER, JOBS, names, take


@pytest.mark.parametrize(
    ("gallery", "size"), JOBS, ids=[f"{number}-{size[0]}" for number, (_, size) in enumerate(JOBS)]
)
async def test_the_pictures_in_screenshots_are_up_to_date(gallery: Gallery, size: tuple[int, int]) -> None:
    taken = await take(gallery, size)
    stale = [name for name, svg in taken.items() if not _is(name, svg)]
    assert not stale, "run `make screenshots`, look at the pictures and commit them"


def test_there_is_no_picture_that_nobody_takes() -> None:
    wanted = sorted(name for job in JOBS for name in names(*job))
    assert sorted(path.name for path in FOLDER.glob("*.svg")) == wanted


def _is(name: str, svg: str) -> bool:
    path = FOLDER / name
    return path.exists() and path.read_text() == svg
