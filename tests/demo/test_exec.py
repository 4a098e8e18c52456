import asyncio
from collections.abc import Callable

import aiohttp
import pytest

from bwtop.demo.server import DemoServer
from bwtop.demo.spec import AgentFault
from bwtop.demo.world import World
from bwtop.model.frames import INSPECT, INSPECT_SECTIONS, READER, SAMPLE_SECTIONS, STATUS, STATUS_SECTIONS, FrameReader
from demo.client import Client

NODE = "ip-192-168-29-49.ec2.internal"
READING = ("sh", "-c", "never run", READER, "3")
LIST = ("cilium", "bpf", "bandwidth", "list")


@pytest.fixture
async def agent(client: Client) -> str:
    _, listed = await client.get("/api/v1/pods", labelSelector="k8s-app=cilium", fieldSelector=f"spec.nodeName={NODE}")
    return str(listed["items"][0]["metadata"]["name"])


@pytest.mark.parametrize("protocol", ["v5.channel.k8s.io", "v4.channel.k8s.io"])
@pytest.mark.parametrize("method", ["GET", "POST"])
async def test_both_protocols_carry_output_and_exit_status(client: Client, protocol: str, method: str) -> None:
    command = ("sh", "-c", "echo out; cat /none; exit 7")
    async with client.exec("netperf-client", command, protocol=protocol, method=method) as run:
        assert run.socket.protocol == protocol
        await run.run()
    assert (run.stdout, run.stderr) == ("out\n", "cat: /none: No such file or directory\n")
    assert run.status == {
        "metadata": {},
        "status": "Failure",
        "message": "command terminated with non-zero exit code: error executing command "
        "[sh -c echo out; cat /none; exit 7], exit code 7",
        "reason": "NonZeroExitCode",
        "details": {"causes": [{"reason": "ExitCode", "message": "7"}]},
    }


async def test_success_has_a_status_too(client: Client) -> None:
    async with client.exec("netperf-client", ("true",)) as run:
        assert (await run.run()).status == {"metadata": {}, "status": "Success"}


async def test_standard_input_is_read_until_it_is_closed(client: Client) -> None:
    async with client.exec("netperf-client", ("cat",), stdin=True) as run:
        await run.socket.send_bytes(b"\0hello ")
        await run.socket.send_bytes(b"\0world")
        await run.socket.send_bytes(b"\xff\0")
        assert (await run.run()).stdout == "hello world"


async def test_a_program_that_is_not_there_fails_as_with_containerd(client: Client, agent: str) -> None:
    async with client.exec(agent, ("cilium-dbg", "status"), namespace="kube-system") as run:
        await run.run()
    assert (run.status["reason"], run.status["code"]) == ("InternalError", 500)
    assert 'exec: "cilium-dbg": executable file not found in $PATH' in run.status["message"]


async def test_with_docker_it_is_exit_status_126(client: Client, agent: str, world: World) -> None:
    world.nodes[NODE].spec.runtime = "docker://20.10.25"
    async with client.exec(agent, ("cilium-dbg", "status"), namespace="kube-system") as run:
        assert (await run.run()).exit == 126


async def test_a_sample_comes_for_each_line_that_is_sent(client: Client, agent: str) -> None:
    async with client.exec(agent, READING, namespace="kube-system", stdin=True) as run:
        await run.socket.send_bytes(b"\0\n\n")
        await run.socket.send_bytes(b"\0\n")
        await run.run()
    frames = list(FrameReader().feed(run.stdout))
    assert [tuple(frame) for frame in frames] == [SAMPLE_SECTIONS] * 3
    assert '"124": [\n    "1250000"' in frames[0]["map"].text


async def test_an_inspection_is_a_frame_between_samples(client: Client, agent: str) -> None:
    async with client.exec(agent, READING, namespace="kube-system", stdin=True) as run:
        await run.socket.send_bytes(b"\0" + INSPECT[:3].encode())
        await run.socket.send_bytes(b"\0" + INSPECT[3:].encode() + b"\nsample\nsample\n")
        await run.run()
    frame, *samples = FrameReader().feed(run.stdout)
    assert [tuple(each) for each in samples] == [SAMPLE_SECTIONS] * 2
    assert tuple(frame) == INSPECT_SECTIONS
    assert '"mode": "aws-cni"' in frame["status"].text
    assert '"kind":"clsact/egress","name":"cil_to_netdev-eth0"' in frame["programs"].text


async def test_a_status_is_an_inspection_without_endpoints(client: Client, agent: str) -> None:
    async with client.exec(agent, READING, namespace="kube-system", stdin=True) as run:
        await run.socket.send_bytes(b"\0" + f"{STATUS}\n{INSPECT}\nsample\n".encode())
        await run.run()
    status, inspection, _ = FrameReader().feed(run.stdout)
    assert tuple(status) == STATUS_SECTIONS
    assert status["programs"] == inspection["programs"]
    assert '"mode": "aws-cni"' in status["status"].text


async def test_an_agent_without_its_egress_program_shows_it(client: Client, agent: str, world: World) -> None:
    world.nodes[NODE].cilium.egress_program = False
    async with client.exec(agent, ("bpftool", "-j", "net", "show"), namespace="kube-system") as run:
        await run.run()
    assert "cil_from_netdev-eth0" in run.stdout
    assert "cil_to_netdev" not in run.stdout


async def test_a_connection_can_break_in_the_middle_of_a_frame(server: DemoServer, client: Client, agent: str) -> None:
    server.faults.agent(NODE, AgentFault.CUT)
    async with client.exec(agent, READING, namespace="kube-system", stdin=True) as run:
        await run.socket.send_bytes(b"\0\n")
        await run.run()
    assert run.stdout
    assert not list(FrameReader().feed(run.stdout))
    assert not run.status


async def test_an_agent_can_be_silent(server: DemoServer, client: Client, agent: str) -> None:
    server.faults.agent(NODE, AgentFault.SILENT)
    async with client.exec(agent, LIST, namespace="kube-system") as run:
        assert (await run.socket.receive()).data == b"\1"
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.3):
                await run.socket.receive()


async def test_an_agent_can_print_garbage_or_log_lines_around_its_json(
    server: DemoServer, client: Client, agent: str, world: World
) -> None:
    server.faults.agent(NODE, AgentFault.GARBAGE)
    async with client.exec(agent, READING, namespace="kube-system", stdin=True) as run:
        await run.socket.send_bytes(b"\0\n\n\n")
        frames = list(FrameReader().feed((await run.run()).stdout))
    assert "not JSON" in frames[0]["map"].text
    server.faults.agent(NODE, AgentFault.NOISY)
    world.nodes[NODE].cilium.version = "1.18.4"
    async with client.exec(agent, (*LIST, "-o", "json"), namespace="kube-system") as run:
        first, second, *_ = (await run.run()).stdout.splitlines()
    assert first.startswith("time=")
    assert second == "{"


async def test_an_agent_that_does_not_answer_says_so(server: DemoServer, client: Client, agent: str) -> None:
    server.faults.agent(NODE, AgentFault.UNREACHABLE)
    async with client.exec(agent, ("cilium", "status", "-o", "json"), namespace="kube-system") as run:
        assert (await run.run()).exit == 1
    assert "Is the agent running?" in run.stderr


@pytest.mark.parametrize(
    ("fault", "code"), [(AgentFault.DOWN, 500), (AgentFault.FORBIDDEN, 403)], ids=["down", "forbidden"]
)
async def test_an_exec_can_be_refused_at_the_handshake(
    server: DemoServer, client: Client, agent: str, fault: AgentFault, code: int
) -> None:
    server.faults.agent(NODE, fault)
    with pytest.raises(aiohttp.WSServerHandshakeError) as refused:
        async with client.exec(agent, LIST, namespace="kube-system"):
            pass
    assert refused.value.status == code


@pytest.mark.parametrize(
    ("query", "code", "said"),
    [
        ({"command": "ls", "container": "none"}, 400, "container none is not valid for pod netperf-client"),
        ({"container": "netperf-client"}, 400, "you must specify at least 1 command for the container"),
        ({"command": "ls"}, 400, "unable to upgrade: only WebSocket is served here"),
    ],
)
async def test_an_exec_that_makes_no_sense_is_refused(
    client: Client, query: dict[str, str], code: int, said: str
) -> None:
    answered, status = await client.get("/api/v1/namespaces/default/pods/netperf-client/exec", **query)
    assert answered == code
    assert status["message"].startswith(said)


async def until(true: Callable[[], bool]) -> None:
    """Lets other tasks run until something is true."""
    while not true():  # noqa: ASYNC110  # nothing tells when aiohttp has noticed
        await asyncio.sleep(0)


async def test_a_client_that_leaves_ends_its_command(client: Client) -> None:
    def running() -> list[str]:
        return [name for task in asyncio.all_tasks() if (name := task.get_coro().__qualname__) == "run"]

    async with client.exec("netperf-client", ("sleep", "infinity")) as run:
        await run.socket.receive()
        assert running()
    async with asyncio.timeout(20):
        await until(lambda: not running())


async def test_a_timeout_ends_a_command_in_simulated_time(client: Client) -> None:
    async with client.exec("netperf-client", ("timeout", "2", "sleep", "100")) as run:
        assert (await run.run()).exit == 124


@pytest.mark.parametrize(
    ("command", "status", "said"),
    [
        (("sleep", "soon"), 1, "invalid time interval"),
        (("timeout", "soon", "true"), 125, "invalid time interval"),
        (("sh", "-c", "echo 'open"), 2, "Syntax error"),
        (("sh", "-c", "nonsense"), 127, "nonsense: not found"),
        (("sh", "-x"), 2, "only -c SCRIPT"),
    ],
)
async def test_wrong_commands_fail_as_commands(
    client: Client, command: tuple[str, ...], status: int, said: str
) -> None:
    async with client.exec("netperf-client", command) as run:
        await run.run()
    assert (run.exit, said in run.stderr) == (status, True), run.stderr
