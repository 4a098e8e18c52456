"""The form of the edit dialog: what is chosen and typed, and what is said of it."""

import pytest
from textual.widgets import Input

from bwtop.demo.server import DemoServer
from bwtop.screens.limit import LimitScreen
from screens.edits import Opened, annotation, says, typed, words

pytestmark = pytest.mark.usefixtures("state")


async def test_it_shows_old_and_new_in_both_units(opened: Opened, size: tuple[int, int]) -> None:
    async with opened(size=size) as screen:
        await screen.pilot.press("e")
        await says(screen, "Egress limit of pod default/netperf-server")
        await typed(screen, "20M")
        assert screen.line("now ").split("│")[1].split() == ["now", "10M", "10,000,000", "1,250,000"]
        assert screen.line("new ").split("│")[1].split() == ["new", "20M", "20,000,000", "2,500,000"]
        assert "✓" in screen.text
        assert "othing owns the pod" in screen.text
        assert "1M   5M   10M   20M   50M   100M   500M   1G" in screen.text


SLIPS = {
    "10m": "! 10m is milli: 0.01 bit/s, no limit (mega is a capital M: 10M)",
    "10MB": "✗ 10MB is no Kubernetes quantity; write 10M",
    "10K": "✗ 10K: kilo is a lower-case k; write 10k",
    "0": "! 0 is zero, no limit",
    "1Ei": "! 1Ei is above 1P",
    "-5M": "! -5M is negative, no limit",
    "10M": "· that is what it is already",
    "": "a quantity in bits a second",
    "[bold]x": "✗ [bold]x is no Kubernetes quantity",
}


async def test_a_slip_is_told_while_it_is_typed(opened: Opened) -> None:
    async with opened() as screen:
        await screen.pilot.press("e")
        await says(screen, "Egress limit")
        for text, said in SLIPS.items():
            await typed(screen, text)
            assert said in words(screen)


async def test_what_is_illegal_or_no_change_is_not_even_tried(opened: Opened, server: DemoServer) -> None:
    async with opened() as screen:
        await screen.pilot.press("e")
        await says(screen, "Egress limit")
        for text in ("10MB", "10K", "", "10M", "abc"):
            await typed(screen, text)
            await screen.pilot.press("enter")
            await screen.pilot.pause()
            assert isinstance(screen.app.screen, LimitScreen)
        assert annotation(server) == "10M"


async def test_presets_are_stepped_through_and_clicked(opened: Opened) -> None:
    async with opened() as screen:
        await screen.pilot.press("e")
        await says(screen, "Egress limit")
        field = screen.app.screen.query_one(Input)
        await says(screen, "Try it ↑ Larger ↓ Smaller esc Close")
        await screen.pilot.press("up")
        assert field.value == "20M"
        await screen.pilot.press("down", "down")
        assert field.value == "5M"
        await typed(screen, "7M")
        await screen.pilot.press("up")
        assert field.value == "10M"
        await screen.pilot.click(screen.app.screen.query(".preset").last())
        assert field.value == "1G"


async def test_a_rate_above_the_new_limit_is_told(opened: Opened) -> None:
    async with opened("checkout") as screen:
        await screen.until(lambda: any((row.rate or 0) > 2e6 for row in screen.app.main.store.pods.values()))
        await screen.until(lambda: (screen.table().current.rate or 0) > 2e6)
        await screen.pilot.press("e")
        await says(screen, "Egress limit")
        await typed(screen, "1M")
        assert "and will be held back" in screen.text
