"""Data that stopped coming stay on the screen, dimmed, with what is the matter, and come to life again."""

from rich.style import Style

from bwtop.demo.access import Rule
from bwtop.demo.server import DemoServer
from bwtop.demo.spec import AgentFault
from screens.conftest import Screen

NODE = "ip-192-168-29-49.ec2.internal"
SERVER, OTHERS = "default/netperf-server", "monitoring/loki-0"


def looks(screen: Screen, row: str, words: str) -> Style | None:
    """The style of a text in the row of a pod."""
    width, height = screen.app.size
    for strip in screen.app.screen._compositor.render_strips()[:height]:
        if row in strip.text[:width]:
            return next((segment.style for segment in strip if words in segment.text), None)
    return None


async def test_rows_of_a_lost_server_are_dimmed_and_counted_down(server: DemoServer, screen: Screen) -> None:
    before = looks(screen, "loki-0", "loki-0")
    await server.stop()
    await screen.until(lambda: "lost" in screen.line("bwtop"))
    await screen.until(lambda: looks(screen, "loki-0", "loki-0") not in (None, before))
    alert = "pods, nodes, ciliumendpoints, ciliumnodes, agents lost, next try in"
    await screen.until(lambda: alert in screen.line("✗"))
    assert screen.table().shown == 27
    await server.start()


async def test_figures_of_an_agent_that_is_silent_are_dimmed_and_the_others_are_not(
    server: DemoServer, screen: Screen
) -> None:
    server.faults.agent(NODE, AgentFault.DOWN)
    server.faults.restart_agent(NODE)
    await screen.until(lambda: "unknown" in screen.line("netperf-server"))
    assert programmed(screen, SERVER) == ("10M", "dim"), "the last that was known stays"
    assert programmed(screen, OTHERS) == ("25M", "")
    server.faults.agent(NODE, None)
    await screen.until(lambda: "in sync" in screen.line("netperf-server"))
    assert programmed(screen, SERVER) == ("10M", "")


def programmed(screen: Screen, pod: str) -> tuple[str, str]:
    """The text of the cell and its tone."""
    column = next(one for one in screen.table().columns if one.key == "programmed")
    cell = column.content(screen.app.main.store.pods[pod])
    return cell.text, cell.style


async def test_every_source_tells_its_state_its_age_and_its_next_try(server: DemoServer, screen: Screen) -> None:
    server.access.denied.append(Rule(resources=("nodes",)))
    server.faults.cut_watches("*/nodes")
    server.faults.agent(NODE, AgentFault.DOWN)
    server.faults.restart_agent(NODE)
    await screen.pilot.press("exclamation_mark")
    await screen.shows("Sources")
    await screen.until(lambda: "ago       27" in screen.line(" pods             live"))
    await screen.until(lambda: "next try in" in screen.line(" nodes            denied"))
    await screen.until(lambda: "kubectl" in screen.text)
    await screen.until(lambda: "1 of 2 read" in screen.text)
    await screen.until(lambda: "next try in" in screen.line(f"{NODE}: read"))
    await screen.shows("cannot get pods/exec")  # the line may be broken behind it
    await screen.pilot.press("escape")
    await screen.until(lambda: "Sources" not in screen.text)
