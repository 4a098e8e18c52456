"""netperf in the demo against recordings of netperf 2.7.0, and against the limits of the world."""

import asyncio
import re
from collections.abc import Callable
from pathlib import Path

import pytest

from bwtop.demo.world import World
from demo.client import Client, Exec
from demo.clocks import FastClock

RECORDINGS = Path(__file__).parent / "recordings" / "netperf"
COMMANDS = dict(line.split(": ", 1) for line in (RECORDINGS / "commands.txt").read_text().splitlines() if ": " in line)
SERVER = "192.168.62.98"
KEYS = "THROUGHPUT,THROUGHPUT_UNITS,ELAPSED_TIME,LOCAL_RECV_THROUGHPUT"


async def netperf(client: Client, arguments: str) -> Exec:
    async with client.exec("netperf-client", ("netperf", *arguments.split())) as run:
        return await run.run()


async def throughput(client: Client, test: str, *, pod: str = "netperf-client", host: str = SERVER) -> float:
    """Mbit/s."""
    command = f"netperf -P 0 -t {test} -H {host} -l 5 -- -k {KEYS}".split()
    async with client.exec(pod, command) as run:
        found = dict(line.split("=") for line in (await run.run()).stdout.splitlines())
    assert list(found) == KEYS.split(",")
    assert found["THROUGHPUT_UNITS"] == "10^6bits/s"
    return float(found["THROUGHPUT"])


def shape(text: str) -> str:
    """The text without its figures and addresses."""
    return re.sub(r" +", " ", re.sub(r"[0-9]+(\.[0-9]+)*", "9", text))


@pytest.mark.parametrize(
    "name",
    [
        "tcp_maerts_10mbit",
        "tcp_maerts_10mbit_interim",
        "tcp_maerts_keyval",
        "tcp_maerts_selectors",
        "tcp_rr",
        "tcp_rr_selectors",
        "udp_stream",
        "tcp_stream_unlimited",
        "udp_stream_routed",
        "no_netserver",
        "unknown_test",
        "unresolvable_host",
    ],
)
async def test_prints_what_the_real_netperf_prints(name: str, client: Client) -> None:
    command = COMMANDS[name].removeprefix("netperf ").replace("10.99.0.1", SERVER)
    run = await netperf(client, command)
    assert shape(run.stdout) == shape((RECORDINGS / f"{name}.stdout").read_text())
    assert shape(run.stderr) == shape((RECORDINGS / f"{name}.stderr").read_text())
    assert run.exit == int((RECORDINGS / f"{name}.exit").read_text())


async def test_an_option_that_netperf_does_not_know_gets_a_part_of_its_usage(client: Client) -> None:
    run = await netperf(client, COMMANDS["bad_option"].removeprefix("netperf "))
    recorded = (RECORDINGS / "bad_option.stderr").read_text().splitlines()
    said = run.stderr.splitlines()
    assert said[0] == recorded[0]
    assert {line.rstrip() for line in said} <= {line.rstrip() for line in recorded}
    assert (run.stdout, run.exit) == ((RECORDINGS / "bad_option.stdout").read_text(), 1)


def test_every_recording_is_compared() -> None:
    marks = test_prints_what_the_real_netperf_prints.pytestmark  # type: ignore[attr-defined]
    compared = {name for mark in marks for name in mark.args[1]}
    assert {path.stem for path in RECORDINGS.glob("*.exit")} == compared | {"bad_option"}


async def test_the_limit_of_the_server_bounds_what_the_client_receives(client: Client) -> None:
    assert 9.4 < await throughput(client, "TCP_MAERTS") < 9.95


async def test_the_other_direction_is_not_limited(client: Client) -> None:
    assert await throughput(client, "TCP_STREAM") > 1000


async def test_a_new_limit_counts_once_it_is_in_the_map(client: Client, clock: FastClock) -> None:
    await client.limit("50M")
    clock.forward(3)
    assert 47 < await throughput(client, "TCP_MAERTS") < 50


async def test_on_one_node_nothing_is_limited(client: Client, world: World, clock: FastClock) -> None:
    body = {
        "metadata": {"name": "near"},
        "spec": {
            "nodeSelector": {"kubernetes.io/hostname": "ip-192-168-29-49.ec2.internal"},
            "containers": [{"name": "near", "image": "cilium/netperf", "args": ["sleep", "infinity"]}],
        },
    }
    async with client.watch("/api/v1/pods", fieldSelector="metadata.name=near,status.phase=Running") as watch:
        await client.send("POST", "/api/v1/namespaces/default/pods", body)
        await watch.next()
    assert await throughput(client, "TCP_MAERTS", pod="near") > 1000


async def test_without_the_egress_program_nothing_is_limited(client: Client, world: World) -> None:
    world.nodes["ip-192-168-29-49.ec2.internal"].cilium.egress_program = False
    assert await throughput(client, "TCP_MAERTS") > 1000


async def test_a_run_shows_in_the_servers_interface_counter(client: Client, world: World) -> None:
    counter = world.endpoints["default", "netperf-server"].counter
    assert counter
    node = world.nodes["ip-192-168-29-49.ec2.internal"]
    node.count()
    before = counter.received
    await netperf(client, f"-t TCP_MAERTS -H {SERVER} -l 10")
    node.count()
    assert (counter.received - before) * 8 / 10 == pytest.approx(10.5e6, rel=0.15)


async def test_a_run_that_is_stopped_sends_no_more(client: Client, world: World, clock: FastClock) -> None:
    counter = world.endpoints["default", "netperf-server"].counter
    assert counter
    async with client.exec("netperf-client", ("netperf", "-t", "TCP_MAERTS", "-H", SERVER, "-l", "600")):
        await until(lambda: counter.flows)
    await until(lambda: not counter.flows)


async def until(true: Callable[[], object]) -> None:
    async with asyncio.timeout(60):
        while not true():  # noqa: ASYNC110  # the demo tells nobody
            await asyncio.sleep(0.01)


async def test_a_pod_is_no_netserver_until_one_is_started(client: Client, world: World) -> None:
    address = world.endpoints["default", "netperf-client"].ipv4
    async with client.exec("netperf-server", ("netperf", "-H", address, "-l", "1")) as run:
        assert (await run.run()).exit == 255
    async with client.exec("netperf-client", ("netserver",)) as run:
        assert (await run.run()).exit == 0
    async with client.exec("netperf-server", ("netperf", "-H", address, "-l", "1")) as run:
        assert (await run.run()).exit == 0


async def test_other_pods_have_no_netperf(client: Client) -> None:
    async with client.exec("postgres-0", ("netperf", "-H", SERVER), namespace="shop") as run:
        await run.run()
    assert 'exec: "netperf": executable file not found' in run.status["message"]
