import asyncio
import gc
from collections.abc import Awaitable, Callable
from contextlib import aclosing
from dataclasses import replace

import pytest

from bwtop.kube.api import Api
from bwtop.kube.connection import Connection
from bwtop.kube.credentials import FixedCredentials
from bwtop.kube.errors import ApiError, ExecError, Unreachable
from bwtop.kube.exec import STDERR, STDOUT, ExecResult, open_exec, run_exec
from kube.execs import command, err, exit_code, failure, out
from kube.scripted import ScriptedServer, body, status
from kube.users import Rotating, over_tls

URL = "/api/v1/namespaces/kube-system/pods/cilium-x/exec"
EXEC = f"GET {URL}"


async def run(api: Api, *words: str, timeout: float = 5) -> ExecResult:
    return await run_exec(
        api,
        namespace="kube-system",
        pod="cilium-x",
        container="cilium-agent",
        command=words or ("true",),
        timeout=timeout,
    )


def offered(server: ScriptedServer) -> list[str]:
    """The protocols that each WebSocket was asked for with."""
    names = [asked.headers.get("Sec-WebSocket-Protocol") for asked in server.asked]
    return [name for name in names if name]


async def test_output_and_exit_status_come_back(server: ScriptedServer, api: Api) -> None:
    server.on(EXEC, command(out(b""), err(b""), out(b"one "), err(b"oops"), out("zw\u00f6lf".encode())))
    assert await run(api) == ExecResult(stdout="one zw\u00f6lf", stderr="oops", exit_status=0)


async def test_a_character_may_be_split_between_frames(server: ScriptedServer, api: Api) -> None:
    server.on(EXEC, command(out(b"\xc3"), out(b"\xb6 \xff")))
    assert (await run(api)).stdout == "\u00f6 \ufffd"


async def test_v4_is_what_is_spoken_since_it_costs_an_api_server_less(server: ScriptedServer, api: Api) -> None:
    server.on(EXEC, command(out(b"hi"), protocols=("v5.channel.k8s.io", "v4.channel.k8s.io")))
    assert (await run(api)).stdout == "hi"
    assert offered(server) == ["v4.channel.k8s.io"]


async def test_v5_is_spoken_where_the_server_picks_nothing_else(server: ScriptedServer, api: Api) -> None:
    server.on(EXEC, command(out(b"hi"), protocols=("v5.channel.k8s.io",)))
    assert (await run(api)).stdout == "hi"
    assert offered(server) == ["v4.channel.k8s.io", "v5.channel.k8s.io"]


@pytest.mark.parametrize("code", [400, 403])
async def test_v5_is_spoken_where_v4_is_refused_without_a_word(server: ScriptedServer, api: Api, code: int) -> None:
    server.on(EXEC, body(b"", code=code, content_type="text/plain"), command(out(b"hi")))
    assert (await run(api)).stdout == "hi"
    assert offered(server) == ["v4.channel.k8s.io", "v5.channel.k8s.io"]


async def test_a_refusal_that_says_why_is_not_a_matter_of_the_protocol(server: ScriptedServer, api: Api) -> None:
    server.on(EXEC, status(403, "Forbidden", "no create on pods/exec"))
    server.on(f"LIST {URL}", status(403, "Forbidden", "no create on pods/exec"))
    server.on(f"POST {URL}", status(403, "Forbidden", "no create on pods/exec"))
    with pytest.raises(ApiError):
        await run(api)
    assert offered(server) == ["v4.channel.k8s.io"]


async def test_a_gateway_in_trouble_is_not_asked_for_another_protocol(server: ScriptedServer, api: Api) -> None:
    server.on(EXEC, body(b"<h1>Bad Gateway</h1>", code=502, content_type="text/html"))
    server.on(f"LIST {URL}", status(502, "BadGateway", "no"))
    with pytest.raises(ApiError):
        await run(api)
    assert offered(server) == ["v4.channel.k8s.io"]


async def test_a_server_that_speaks_neither_is_an_error(server: ScriptedServer, api: Api) -> None:
    server.on(EXEC, command(out(b"hi"), protocols=()))
    with pytest.raises(ExecError, match="no protocol for exec"):
        await run(api)


async def test_the_command_goes_word_by_word_without_stdin_and_terminal(server: ScriptedServer, api: Api) -> None:
    server.on(EXEC, command())
    await run(api, "sh", "-c", 'echo "$1" & + %41', "x", "ü")
    words = server.asked[0].words
    assert [value for name, value in words if name == "command"] == ["sh", "-c", 'echo "$1" & + %41', "x", "ü"]
    rest = {name: value for name, value in words if name != "command"}
    assert rest == {"container": "cilium-agent", "stdin": "false", "stdout": "true", "stderr": "true", "tty": "false"}


@pytest.mark.parametrize("code", [1, 124, 137])
async def test_an_exit_code_is_a_result(server: ScriptedServer, api: Api, code: int) -> None:
    server.on(EXEC, command(out(b"partial"), ending=exit_code(code)))
    assert await run(api) == ExecResult(stdout="partial", stderr="", exit_status=code)


async def test_a_missing_status_is_a_failure(server: ScriptedServer, api: Api) -> None:
    server.on(EXEC, command(out(b"half"), ending=None))
    with pytest.raises(ExecError, match="kube-system/cilium-x: the connection ended before the command did"):
        await run(api)


async def test_a_cut_connection_is_a_failure(server: ScriptedServer, api: Api) -> None:
    server.on(EXEC, command(out(b"half"), then="cut"))
    with pytest.raises(ExecError, match="ended before the command did"):
        await run(api)


async def test_a_failure_without_an_exit_code_says_why(server: ScriptedServer, api: Api) -> None:
    server.on(EXEC, command(ending=failure("container not running (6a7)\x1b[31m")))
    with pytest.raises(ExecError, match="container not running") as failed:
        await run(api)
    assert "\x1b" not in str(failed.value)


async def test_a_status_that_is_none_is_a_failure(server: ScriptedServer, api: Api) -> None:
    server.on(EXEC, command(ending=b"command terminated"))
    with pytest.raises(ExecError, match="a status that cannot be read"):
        await run(api)


async def test_a_status_may_come_in_pieces_and_before_the_last_output(server: ScriptedServer, api: Api) -> None:
    ending = exit_code(3)
    frames = (b"\x03" + ending[:9], out(b"late"), b"\x03" + ending[9:-1])
    server.on(EXEC, command(*frames, ending=ending[-1:]))
    assert await run(api) == ExecResult(stdout="late", stderr="", exit_status=3)


async def test_much_output_and_large_frames_arrive_whole(server: ScriptedServer, api: Api) -> None:
    server.on(EXEC, command(*[out(b"x" * 32_768)] * 96, out(b"y" * 5_000_000)))
    assert len((await run(api)).stdout) == 96 * 32_768 + 5_000_000


async def test_output_is_read_as_it_comes_and_leaving_closes_the_socket(server: ScriptedServer, api: Api) -> None:
    server.on(EXEC, command(out(b"frame 1\n"), err(b"log"), then="hang"))
    stream = open_exec(api, namespace="kube-system", pod="cilium-x", container="c", command=["loop"])
    async with asyncio.timeout(20):
        async with stream:
            pieces = aiter(stream)
            assert [await anext(pieces), await anext(pieces)] == [(STDOUT, b"frame 1\n"), (STDERR, b"log")]
            with pytest.raises(ExecError, match="has not ended"):
                _ = stream.exit_status
        await server.closed.wait()


async def test_cancelling_closes_the_socket_promptly(server: ScriptedServer, api: Api) -> None:
    server.on(EXEC, command(out(b"x"), then="hang"))
    task = asyncio.create_task(run(api, timeout=60))
    async with asyncio.timeout(20):
        await server.called.wait()
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task


async def test_a_command_without_end_is_an_error_after_the_time_out(server: ScriptedServer, api: Api) -> None:
    server.on(EXEC, command(out(b"x"), then="hang"))
    with pytest.raises(ExecError, match=r"no end within 0\.05 s"):
        await run(api, timeout=0.05)


async def test_a_refused_handshake_says_what_the_status_says(server: ScriptedServer, api: Api) -> None:
    missing = status(404, "NotFound", 'pods "cilium-x" not found')
    server.on(EXEC, missing)
    server.on(f"LIST {URL}", missing)
    with pytest.raises(ApiError, match='pods "cilium-x" not found'):
        await run(api)


async def test_a_handshake_without_get_names_the_verb(server: ScriptedServer, api: Api) -> None:
    denied = status(403, "Forbidden", 'User "jo" cannot get resource "pods/exec"')
    server.on(EXEC, denied)
    server.on(f"LIST {URL}", denied)
    with pytest.raises(ApiError, match="a role must allow get on pods/exec in namespace kube-system"):
        await run(api)


async def test_a_handshake_that_only_lacks_create_names_create(server: ScriptedServer, api: Api) -> None:
    denied = status(403, "Forbidden", 'User "jo" cannot create resource "pods/exec"')
    server.on(EXEC, denied)
    server.on(f"LIST {URL}", status(400, "BadRequest", "Upgrade request required"))
    server.on(f"POST {URL}", denied)
    with pytest.raises(ApiError, match=r'"jo" cannot create resource.*allow create on pods/exec') as failed:
        await run(api)
    assert failed.value.code == 403


async def test_a_handshake_refused_without_a_reason_is_still_an_error(server: ScriptedServer, api: Api) -> None:
    server.on(EXEC, status(502, "", "bad gateway"))
    server.on(f"LIST {URL}", status(400, "BadRequest", "Upgrade request required"))
    with pytest.raises(ApiError, match="HTTP 502"):
        await run(api)


async def test_tls_server_name_counts_for_commands_too(
    secure: Callable[..., Awaitable[ScriptedServer]], opened: Callable[[Connection], Api]
) -> None:
    server = await secure("named")
    server.on(EXEC, command(out(b"hi")))
    connection = over_tls(server)
    with pytest.raises(Unreachable, match="is for another name"):
        await run(opened(connection))
    assert (await run(opened(replace(connection, server_hostname="api.example")))).stdout == "hi"


async def test_commands_go_through_the_proxy(server: ScriptedServer, opened: Callable[[Connection], Api]) -> None:
    server.on(EXEC, command(out(b"hi")))
    connection = Connection(server="http://api.example:6443", credentials=FixedCredentials(), proxy=server.url)
    assert (await run(opened(connection))).stdout == "hi"
    assert server.asked[0].headers["Host"] == "api.example:6443"


async def test_a_handshake_with_refused_credentials_is_made_again_once(
    server: ScriptedServer, opened: Callable[[Connection], Api]
) -> None:
    server.on(EXEC, status(401, "Unauthorized", "Unauthorized"), command(out(b"hi")))
    credentials = Rotating("old", "new")
    api = opened(Connection(server=server.url, credentials=credentials))
    assert (await run(api)).stdout == "hi"
    assert [asked.headers["Authorization"] for asked in server.asked] == ["Bearer old", "Bearer new"]


async def test_a_command_that_is_left_lets_go_of_its_connection(server: ScriptedServer, api: Api) -> None:
    server.on(EXEC, command(out(b"enough"), then="hang"))
    stream = open_exec(api, namespace="kube-system", pod="cilium-x", container="cilium-agent", command=["true"])
    async with stream, aclosing(aiter(stream)) as frames:
        assert await anext(frames) == (STDOUT, b"enough")
    del stream, frames
    async with asyncio.timeout(20):  # the heartbeat would hold it for 30 s
        while api._websockets:
            await asyncio.sleep(0)
            gc.collect()
