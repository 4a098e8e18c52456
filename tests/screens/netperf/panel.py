"""The netperf panel by its fields and buttons."""

from textual.widgets import Button, Input, Select

from bwtop.demo.kinds import PODS
from bwtop.demo.server import DemoServer
from bwtop.panels.netperf_panel import NetperfPanel
from bwtop.screens.limit import LimitScreen
from bwtop.screens.write import WriteScreen
from screens.driver import Screen

SERVER_NODE = "ip-192-168-29-49.ec2.internal"


async def open_panel(screen: Screen) -> None:
    await screen.filled()
    await screen.filter("netperf-server")
    await screen.until(lambda: screen.table().shown == 1)
    await screen.pilot.press("t")
    await screen.until(lambda: screen.app.main.query(NetperfPanel))
    await screen.shows("Start")


def field(screen: Screen, name: str) -> Input:
    return screen.app.main.query_one(f"#netperf-{name}", Input)


def choose(screen: Screen, client: str) -> None:
    screen.app.main.query_one("#netperf-client", Select).value = client


async def push(screen: Screen, name: str) -> None:
    """The button, however the panel around it is still being laid out."""
    button = screen.app.main.query_one(f"#netperf-{name}", Button)
    await screen.until(lambda: button.is_on_screen)
    button.press()


async def start(screen: Screen, *, seconds: str = "5") -> None:
    field(screen, "seconds").value = seconds
    await push(screen, "start")


def panel(screen: Screen) -> NetperfPanel:
    return screen.app.main.query_one(NetperfPanel)


async def edit(screen: Screen, limit: str) -> None:
    """By the keys, while they go to the panel."""
    if not panel(screen).has_focus_within:
        await screen.pilot.press("t")
    await screen.pilot.press("e")
    await screen.until(lambda: isinstance(screen.app.screen, LimitScreen))
    screen.app.screen.query_one(Input).value = limit
    await screen.pilot.press("enter")
    await screen.until(lambda: isinstance(screen.app.screen, WriteScreen))
    await screen.shows("y writes it")
    await screen.pilot.press("y")
    await screen.shows("programmed on")
    await screen.pilot.press("escape")
    await screen.until(lambda: screen.app.screen is screen.app.main)


async def tells(screen: Screen, words: str) -> None:
    """In a notification."""
    await screen.until(lambda: any(words in each.message for each in screen.app._notifications))


def made(server: DemoServer) -> list[str]:
    return [
        pod.name
        for pod in server.world.store[PODS]
        if pod.name.startswith("bwtop-netperf") and "deletionTimestamp" not in pod.body()["metadata"]
    ]
