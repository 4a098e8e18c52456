"""Lists, watches and commands over TLS through a real proxy: HTTP CONNECT and SOCKS5."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import replace

import pytest

from bwtop.kube.api import Api
from bwtop.kube.connection import Connection
from bwtop.kube.errors import Unreachable
from bwtop.kube.exec import run_exec
from bwtop.kube.reflector import Reflector
from kube import connect_proxy
from kube.connect_proxy import ConnectProxy
from kube.execs import command, out
from kube.scripted import ScriptedServer, event, page, thing, watch
from kube.things import THINGS, URL, Shelf
from kube.users import over_tls

EXEC = "GET /api/v1/namespaces/kube-system/pods/cilium-x/exec"
NAME = "api.example"
"""A name that only the proxy can resolve."""


@pytest.fixture
async def server(secure: Callable[..., Awaitable[ScriptedServer]]) -> ScriptedServer:
    server = await secure("named")
    server.answers.clear()
    server.on(f"LIST {URL}", page(thing("a")))
    server.on(f"WATCH {URL}", watch(event("ADDED", thing("b", "101"))))
    server.on(EXEC, command(out(b"hi")))
    return server


@pytest.fixture
async def proxy(server: ScriptedServer) -> AsyncIterator[ConnectProxy]:
    async with connect_proxy.running(("127.0.0.1", int(server.url.rpartition(":")[2]))) as running:
        yield running


def behind(server: ScriptedServer, proxy: str) -> Connection:
    return replace(over_tls(server), server=f"https://{NAME}:6443", proxy=proxy)


@pytest.mark.parametrize(("kind", "word"), [("http", "CONNECT"), ("socks5", "SOCKS"), ("socks5h", "SOCKS")])
async def test_lists_watches_and_commands_go_through_a_proxy(
    server: ScriptedServer, proxy: ConnectProxy, opened: Callable[[Connection], Api], kind: str, word: str
) -> None:
    api, shelf = opened(behind(server, f"{kind}://127.0.0.1:{proxy.port}")), Shelf()
    watching = asyncio.create_task(Reflector(api, THINGS, shelf).run())
    await shelf.told_of("ADDED shop/b")
    done = await run_exec(
        api, namespace="kube-system", pod="cilium-x", container="cilium-agent", command=["true"], timeout=60
    )
    watching.cancel()
    await asyncio.gather(watching, return_exceptions=True)
    assert done.stdout == "hi"
    assert set(shelf.things) == {"shop/a", "shop/b"}
    assert set(proxy.asked) == {f"{word} {NAME}:6443"}
    assert api.received > 1000, "what comes through a proxy is counted, too"


async def test_the_proxy_is_shown_the_password_of_its_url_and_the_api_server_is_not(
    server: ScriptedServer, proxy: ConnectProxy, opened: Callable[[Connection], Api]
) -> None:
    await opened(behind(server, f"http://jo:pw@127.0.0.1:{proxy.port}")).get(URL)
    assert proxy.authorizations == ["basic am86chc="]
    assert "Proxy-Authorization" not in server.asked[0].headers


@pytest.mark.parametrize("kind", ["http", "socks5"])
async def test_the_certificate_is_checked_through_a_proxy(
    server: ScriptedServer, proxy: ConnectProxy, opened: Callable[[Connection], Api], kind: str
) -> None:
    connection = replace(behind(server, f"{kind}://127.0.0.1:{proxy.port}"), server_hostname="other.example")
    with pytest.raises(Unreachable, match="is for another name"):
        await opened(connection).get(URL)


@pytest.mark.parametrize("kind", ["http", "socks5"])
async def test_a_proxy_that_is_away_is_named_for_tls_too(
    server: ScriptedServer, opened: Callable[[Connection], Api], kind: str
) -> None:
    with pytest.raises(Unreachable, match=r"cannot reach the proxy for https://api.example:6443") as failed:
        await opened(behind(server, f"{kind}://jo:s3cret@127.0.0.1:1")).get(URL)
    assert "s3cret" not in str(failed.value)


async def test_a_proxy_that_stays_silent_is_given_up(
    server: ScriptedServer, proxy: ConnectProxy, opened: Callable[[Connection], Api], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A watch has no time-out of its own: without this one it would wait for ever."""
    monkeypatch.setattr("bwtop.kube.api._READY_SECONDS", 0.05)
    proxy.silent = True
    with pytest.raises(Unreachable, match=r"no connection to https://api\.example:6443 in time"):
        async with asyncio.timeout(30), opened(behind(server, proxy.url)).stream(URL):
            raise AssertionError("nothing came")


async def test_closing_ends_requests_that_still_have_no_connection(server: ScriptedServer, proxy: ConnectProxy) -> None:
    proxy.silent = True
    api = Api(behind(server, proxy.url))
    waiting = [asyncio.create_task(api.get(URL)), asyncio.create_task(api.websocket("/exec", (), protocols=()))]
    async with asyncio.timeout(30):
        await proxy.until(lambda: len(proxy.asked) == 2)
        await api.close()
        with pytest.raises(Unreachable):
            await waiting[0]
        with pytest.raises(Unreachable):
            await waiting[1]
        await proxy.until(lambda: proxy.connections == 0)
