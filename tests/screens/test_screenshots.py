"""The pictures in screenshots/ are those of the program as it is, and there is one of all that it shows."""

import inspect
import pkgutil
from collections.abc import Iterator
from importlib import import_module
from types import ModuleType

import pytest
from screenshots.shots import GALLERIES, Gallery
from screenshots.take import FOLDER, JOBS, SIZES, names, take
from textual.screen import Screen
from textual.widget import Widget

import bwtop_widgets
from bwtop import panels, screens
from bwtop.screens.main import MainScreen
from bwtop_widgets.dialog import Dialog


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


def test_every_screen_dialog_and_panel_has_pictures_at_both_sizes() -> None:
    """That a picture shows what it is said to be of is looked at when it is taken; Dialog is what dialogs share."""
    there = {*_defined(screens, Screen), *_defined(panels, Widget), *_defined(bwtop_widgets, Screen)}
    shown = {kind for kind in there - {Dialog} if not issubclass(MainScreen, kind) or kind is MainScreen}
    assert len(shown) >= 14, "the classes are not found any more"
    assert shown - {shot.of for gallery in GALLERIES for shot in gallery.shots} == set()
    assert set(SIZES) == {(80, 24), (120, 40)}


def _defined(package: ModuleType, kind: type) -> Iterator[type]:
    for module in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
        for _, found in inspect.getmembers(import_module(module.name), inspect.isclass):
            if issubclass(found, kind) and found.__module__ == module.name:
                yield found


def _is(name: str, svg: str) -> bool:
    path = FOLDER / name
    return path.exists() and path.read_text() == svg
