"""x explains what is chosen, X shows the doctor's page; both live with the data."""

import pytest

from bwtop.demo.server import DemoServer
from bwtop.demo.spec import AgentFault
from bwtop.screens.checks import ChecksScreen
from screens.conftest import SIZES, Screen, screen_on

SERVER, NODE = "default/netperf-server", "ip-192-168-29-49.ec2.internal"


@pytest.fixture(autouse=True)
def quick_looks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bwtop.screens.checks.LOOK_SECONDS", 0.05)


async def explain(screen: Screen, key: str = SERVER) -> None:
    screen.table().cursor_key = key
    await screen.pilot.press("x")
    await screen.until(lambda: isinstance(screen.app.screen, ChecksScreen))


async def test_x_explains_the_pod_under_the_cursor(screen: Screen) -> None:
    await explain(screen)
    await screen.shows(f"✓ the limit of {SERVER} is in force: 10M")
    await screen.shows("none selects the pod at egress")
    assert "endpoint 124 has 10M, as asked" in screen.text
    assert not screen.app._notifications
    await screen.pilot.press("x")
    assert screen.app.screen is screen.app.main


@pytest.mark.parametrize("size", SIZES)
async def test_the_page_fits_the_screen(server: DemoServer, size: tuple[int, int]) -> None:
    server.access.deny(resources=["ciliumnetworkpolicies"])
    async with screen_on(server.url, server.token, size=size) as screen:
        await screen.until(lambda: SERVER in screen.app.main.store.pods)
        await screen.until(lambda: screen.table().is_shown(SERVER))
        await explain(screen)
        await screen.shows("in force cannot be")
        await screen.pilot.press("end")
        await screen.shows("source: Documentation/network/")
        frame = [line for line in screen.text.splitlines() if "│" in line]
        assert frame
        assert len({line.rindex("│") for line in frame}) == 1


async def test_two_marked_pods_are_a_pair(screen: Screen) -> None:
    table = screen.table()
    for key in (SERVER, "default/netperf-client"):
        table.cursor_key = key
        await screen.pilot.press("space")
    await screen.pilot.press("x")
    await screen.shows("Explain default/netperf-")
    await screen.shows("same node")
    assert "direction" in screen.text


async def test_three_are_too_many_and_it_says_so(server: DemoServer) -> None:
    async with screen_on(server.url, server.token, notifications=True) as screen:
        await screen.filled()
        for key in (SERVER, "default/netperf-client", "batch/export-0"):
            screen.table().cursor_key = key
            await screen.pilot.press("space")
        await screen.pilot.press("x")
        await screen.shows("a pod is explained")
        assert screen.app.screen is screen.app.main


async def test_a_node_is_explained_too(screen: Screen) -> None:
    await screen.pilot.press("2")
    screen.table("nodes").cursor_key = NODE
    await screen.pilot.press("x")
    await screen.shows(f"✓ {NODE}: 8 ok")
    await screen.shows("as ConfigMap cilium-config wants it")


async def test_a_limit_leads_to_its_pod_and_the_hosts_to_none(screen: Screen) -> None:
    await screen.pilot.press("4")
    limits = screen.app.main.store.limits
    key = next(key for key, row in limits.items() if row.pod == "netperf-server")
    screen.table("limits").cursor_key = key
    await screen.pilot.press("x")
    await screen.shows(f"Explain {SERVER}")


async def test_the_page_lives_with_the_data(screen: Screen, server: DemoServer) -> None:
    await explain(screen)
    await screen.shows("is in force: 10M")
    server.world.annotate(*SERVER.split("/"), "10MB")
    await screen.shows("is not in force: annotation: 10MB is no Kubernetes quantity")
    server.world.annotate(*SERVER.split("/"), "20M")
    await screen.shows("is in force: 20M")


async def test_what_may_be_read_later_is_read_again_by_r(screen: Screen, server: DemoServer) -> None:
    server.access.deny(resources=["ciliumnetworkpolicies"])
    await explain(screen)
    await screen.shows("cannot be told: L7 policy")
    server.access.denied.clear()
    await screen.pilot.press("r")
    await screen.shows("is in force: 10M")


async def test_the_page_can_be_copied(screen: Screen) -> None:
    await explain(screen)
    await screen.shows("none selects the pod at egress")
    await screen.pilot.press("y")
    await screen.shows("✓ ok       annotation")
    assert "characters to the terminal's clipboard" in screen.text
    await screen.pilot.press("escape", "escape")
    assert screen.app.screen is screen.app.main


async def test_the_doctor(screen: Screen, server: DemoServer) -> None:
    server.faults.agent(NODE, AgentFault.FORBIDDEN)
    await screen.pilot.press("X")
    await screen.shows("? the cluster: ")
    assert "the server takes you for demo-admin" in screen.text
    assert "1 could not be checked" in screen.text
