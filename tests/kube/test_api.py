import asyncio
import json
import os
import socket
import ssl
from collections.abc import Awaitable, Callable
from dataclasses import replace

import pytest
from aiohttp import WSMsgType, web

from bwtop import __version__
from bwtop.kube.api import Api
from bwtop.kube.connection import Connection
from bwtop.kube.credentials import FixedCredentials
from bwtop.kube.errors import ApiError, KubeError, Unreachable
from bwtop.kube.sockets import Meter, socket_factory
from kube.execs import PROTOCOLS, command, out
from kube.pki_files import pem
from kube.scripted import ScriptedServer, body, status
from kube.users import Rotating, over_tls

NODES = "LIST /api/v1/nodes"


def only(token: str) -> Callable[[web.Request], Awaitable[web.StreamResponse]]:
    async def answer(request: web.Request) -> web.StreamResponse:
        if request.headers.get("Authorization") != f"Bearer {token}":
            return await status(401, "Unauthorized", "Unauthorized")(request)
        return web.json_response({})

    return answer


async def test_requests_say_who_asks(server: ScriptedServer, api: Api) -> None:
    server.on(NODES, body(b'{"kind":"NodeList"}'))
    assert await api.get("/api/v1/nodes", [("limit", "1")]) == b'{"kind":"NodeList"}'
    asked = server.asked[0]
    assert asked.headers["User-Agent"] == f"bwtop/{__version__}"
    assert asked.headers["Authorization"] == "Bearer sesame"
    assert asked.query == {"limit": "1"}


async def test_a_body_is_sent_with_its_type(server: ScriptedServer, api: Api) -> None:
    async def echo(request: web.Request) -> web.StreamResponse:
        return web.json_response({"type": request.content_type, "body": (await request.read()).decode()})

    server.on("PATCH /api/v1/namespaces/shop/pods/a", echo)
    answer = await api.send(
        "PATCH",
        "/api/v1/namespaces/shop/pods/a",
        b"[]",
        content_type="application/json-patch+json",
        params=[("dryRun", "All")],
    )
    assert json.loads(answer) == {"type": "application/json-patch+json", "body": "[]"}
    assert server.asked[0].query == {"dryRun": "All"}


async def test_lists_come_compressed_and_the_wire_is_counted(server: ScriptedServer, api: Api) -> None:
    server.on(NODES, body(b'"' + b"x" * 1_000_000 + b'"'))
    assert len(await api.get("/api/v1/nodes")) == 1_000_002
    assert 1_000 < api.received < 10_000


async def test_the_wire_is_counted_under_tls_too(
    secure: Callable[..., Awaitable[ScriptedServer]], opened: Callable[[Connection], Api]
) -> None:
    server = await secure("server")
    noise = os.urandom(300_000).hex().encode()
    server.answers.clear()
    server.on(NODES, body(b'"' + noise + b'"'))
    api = opened(over_tls(server))
    await api.get("/api/v1/nodes")
    assert 300_000 < api.received < 600_000


async def test_every_group_to_impersonate_is_a_header_of_its_own(
    server: ScriptedServer, opened: Callable[[Connection], Api]
) -> None:
    async def groups(request: web.Request) -> web.StreamResponse:
        return web.json_response([request.headers["Impersonate-User"], *request.headers.getall("Impersonate-Group")])

    server.on(NODES, groups)
    headers = (("Impersonate-User", "jo"), ("Impersonate-Group", "a"), ("Impersonate-Group", "b"))
    api = opened(Connection(server=server.url, credentials=FixedCredentials(), impersonation=headers))
    assert json.loads(await api.get("/api/v1/nodes")) == ["jo", "a", "b"]


async def test_refused_credentials_are_renewed_once_for_all_who_wait(
    server: ScriptedServer, opened: Callable[[Connection], Api]
) -> None:
    server.on(NODES, only("new"))
    credentials = Rotating("old", "new")
    api = opened(Connection(server=server.url, credentials=credentials))
    await asyncio.gather(*[api.get("/api/v1/nodes") for _ in range(8)])
    assert credentials.renewed == 1


async def test_credentials_that_stay_refused_are_an_error_without_the_token(
    server: ScriptedServer, opened: Callable[[Connection], Api]
) -> None:
    server.on(NODES, only("right"))
    api = opened(Connection(server=server.url, context="prod", user="jo", credentials=Rotating("s3cret", "s3cret2")))
    with pytest.raises(ApiError, match="credentials of user jo are not accepted") as refused:
        await api.get("/api/v1/nodes")
    assert refused.value.code == 401
    assert len(server.asked) == 2
    assert "s3cret" not in f"{refused.value!r} {refused.value} {api.connection!r}"


async def test_an_error_carries_what_the_status_says(server: ScriptedServer, api: Api) -> None:
    forbidden = 'nodes is forbidden: User "jo" cannot list resource "nodes" in API group "" at the cluster scope'
    server.on(NODES, status(403, "Forbidden", forbidden))
    with pytest.raises(ApiError) as refused:
        await api.get("/api/v1/nodes")
    error = refused.value
    assert (error.code, error.reason, error.message) == (403, "Forbidden", forbidden)
    assert error.hint == "a role must allow list on nodes; check: kubectl --context prod auth can-i list nodes -A"
    assert str(error) == f"cannot list nodes: {forbidden}: {error.hint}"


async def test_a_redirect_is_no_answer(server: ScriptedServer, api: Api) -> None:
    server.on(NODES, lambda request: _redirect())
    with pytest.raises(ApiError, match="a login page or a moved server"):
        await api.get("/api/v1/nodes")


async def _redirect() -> web.StreamResponse:
    return web.Response(status=302, headers={"Location": "https://login.example"})


async def test_a_wrong_authority_is_named(
    secure: Callable[..., Awaitable[ScriptedServer]], opened: Callable[[Connection], Api]
) -> None:
    api = opened(over_tls(await secure("server"), authority=pem("stranger.pem")))
    with pytest.raises(Unreachable, match=r"signed by an unknown authority.*check certificate-authority"):
        await api.get("/api/v1/nodes")


async def test_an_expired_certificate_is_named(
    secure: Callable[..., Awaitable[ScriptedServer]], opened: Callable[[Connection], Api]
) -> None:
    with pytest.raises(Unreachable, match=r"is not valid now: certificate has expired"):
        await opened(over_tls(await secure("expired"))).get("/api/v1/nodes")


async def test_a_certificate_for_another_name_is_named_and_tls_server_name_helps(
    secure: Callable[..., Awaitable[ScriptedServer]], opened: Callable[[Connection], Api]
) -> None:
    connection = over_tls(await secure("named"))
    with pytest.raises(Unreachable, match=r"is for another name.*set tls-server-name"):
        await opened(connection).get("/api/v1/nodes")
    assert await opened(replace(connection, server_hostname="api.example")).get("/api/v1/nodes") == b"{}"


async def test_insecure_accepts_any_certificate(
    secure: Callable[..., Awaitable[ScriptedServer]], opened: Callable[[Connection], Api]
) -> None:
    assert await opened(over_tls(await secure("expired"), insecure=True, authority="")).get("/api/v1/nodes") == b"{}"


async def test_a_client_certificate_opens_the_door(
    secure: Callable[..., Awaitable[ScriptedServer]], opened: Callable[[Connection], Api]
) -> None:
    server = await secure("server", clients=ssl.CERT_REQUIRED)
    with_certificate = over_tls(server, certificate=pem("client.pem"), key=pem("client.key"))
    assert await opened(with_certificate).get("/api/v1/nodes") == b"{}"
    with pytest.raises(Unreachable):
        await opened(over_tls(server)).get("/api/v1/nodes")


async def test_plain_http_on_a_tls_port_is_named(server: ScriptedServer, opened: Callable[[Connection], Api]) -> None:
    server.url = server.url.replace("http:", "https:")
    with pytest.raises(Unreachable, match="does not speak TLS on that port"):
        await opened(over_tls(server)).get("/api/v1/nodes")


async def test_a_name_that_does_not_resolve_is_named(opened: Callable[[Connection], Api]) -> None:
    api = opened(Connection(server="http://no-such-host.invalid:6443", credentials=FixedCredentials()))
    with pytest.raises(Unreachable, match=r"cannot resolve no-such-host\.invalid"):
        await api.get("/api/v1/nodes")


async def test_a_server_that_hangs_up_is_named(opened: Callable[[Connection], Api]) -> None:
    async def hang_up(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.close()

    listener = await asyncio.start_server(hang_up, "127.0.0.1", 0)
    port = listener.sockets[0].getsockname()[1]
    with pytest.raises(Unreachable, match="broke the connection"):
        await opened(Connection(server=f"http://127.0.0.1:{port}", credentials=FixedCredentials())).get("/api/v1/nodes")
    listener.close()


async def test_a_server_that_says_nothing_runs_into_the_time_out(server: ScriptedServer) -> None:
    server.on(NODES, lambda request: _never())
    api = Api(Connection(server=server.url, credentials=FixedCredentials()), request_timeout=0.05)
    with pytest.raises(Unreachable, match="did not answer in time"):
        await api.get("/api/v1/nodes")
    await api.close()


async def _never() -> web.StreamResponse:
    await asyncio.Event().wait()
    raise AssertionError


async def test_another_service_is_not_taken_for_an_api_server(opened: Callable[[Connection], Api]) -> None:
    async def greet(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"SSH-2.0-OpenSSH_9.2\r\n")
        await writer.drain()
        writer.close()

    listener = await asyncio.start_server(greet, "127.0.0.1", 0)
    port = listener.sockets[0].getsockname()[1]
    with pytest.raises(Unreachable, match="did not answer as an API server does"):
        await opened(Connection(server=f"http://127.0.0.1:{port}", credentials=FixedCredentials())).get("/api/v1/nodes")
    listener.close()


async def test_requests_go_through_the_proxy(server: ScriptedServer, opened: Callable[[Connection], Api]) -> None:
    server.on("LIST /api/v1/nodes", body(b'"proxied"'))
    connection = Connection(server="http://api.example:6443", credentials=FixedCredentials(), proxy=server.url)
    assert await opened(connection).get("/api/v1/nodes") == b'"proxied"'
    assert server.asked[0].headers["Host"] == "api.example:6443"


async def test_a_proxy_that_is_away_is_named_without_its_password(opened: Callable[[Connection], Api]) -> None:
    connection = Connection(
        server="http://api.example", credentials=FixedCredentials(), proxy="http://jo:s3cret@127.0.0.1:1"
    )
    with pytest.raises(Unreachable, match="cannot reach the proxy") as failed:
        await opened(connection).get("/api/v1/nodes")
    assert "s3cret" not in f"{failed.value} {connection!r}"


async def test_closing_ends_a_stream_at_once(server: ScriptedServer, api: Api) -> None:
    async def endless(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse()
        await response.prepare(request)
        await response.write(b"x")
        return await _never()

    server.on("LIST /log", endless)
    started = asyncio.Event()

    async def read() -> None:
        async with api.stream("/log") as response:
            async for _ in response.content.iter_any():
                started.set()

    reading = asyncio.create_task(read())
    async with asyncio.timeout(20):
        await started.wait()
        await api.close()
        with pytest.raises(KubeError):
            await reading


async def test_closing_ends_a_command_at_once(server: ScriptedServer, api: Api) -> None:
    server.on("GET /exec", command(out(b"x"), then="hang"))
    websocket = await api.websocket("/exec", (), protocols=PROTOCOLS)
    await websocket.receive()
    reading = asyncio.create_task(websocket.receive())
    async with asyncio.timeout(20):
        await asyncio.sleep(0)
        await api.close()
        assert (await reading).type is not WSMsgType.BINARY


async def test_who_asks_after_closing_is_answered_and_closes_again(server: ScriptedServer, api: Api) -> None:
    server.on("GET /version", body(b"{}"))
    await api.close()
    assert await api.get("/version") == b"{}"
    await api.close()
    assert api._open_session is None


def test_sockets_notice_a_peer_that_is_gone() -> None:
    make = socket_factory(Meter())
    with make((socket.AF_INET, socket.SOCK_STREAM, 0, "", ("127.0.0.1", 1))) as opened:
        assert opened.getsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE)
