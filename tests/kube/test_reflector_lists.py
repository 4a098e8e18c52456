"""What the reflector asks for as a list, and what it makes of the pages."""

from collections.abc import Callable

import pytest

from bwtop.kube.api import Api
from bwtop.kube.connection import Connection
from bwtop.kube.credentials import FixedCredentials
from bwtop.kube.errors import ApiError, Unreachable
from bwtop.kube.reflector import Reflector
from bwtop.model.health import Freshness
from kube.conftest import Run
from kube.scripted import ScriptedServer, body, event, page, status, thing, watch
from kube.things import LIST, THINGS, WATCH, Clock, Shelf


async def test_a_list_comes_in_pages_and_is_replaced_when_whole(server: ScriptedServer, shelf: Shelf, run: Run) -> None:
    server.on(LIST, page(thing("a"), thing("b"), token="t1", remaining=1), page(thing("c")))
    server.on(WATCH, watch())
    await run()
    await shelf.until(lambda shelf: Freshness.LIVE in shelf.states)
    assert [words for words in shelf.told if not words.startswith("health")] == [
        "listing shop/a shop/b remaining 1",
        "listing shop/c remaining 0",
        "replaced shop/a shop/b shop/c",
    ]
    assert server.queries("LIST") == [{"limit": "2"}, {"limit": "2", "continue": "t1"}]
    assert [health.objects for health in shelf.healths] == [0, 2, 3, 3]


async def test_a_new_server_is_asked_for_the_rest_in_one_answer_not_older_than_the_first_page(
    server: ScriptedServer, shelf: Shelf, run: Run
) -> None:
    server.on("GET /version", body(b'{"major":"1","minor":"33+"}'))
    things = [thing("b"), *(thing(f"x{number}") for number in range(2000))]
    server.on(LIST, page(thing("a"), thing("b"), token="t1", remaining=1999), page(*things, version="110"))
    server.on(WATCH, watch(event("ADDED", thing("z"))))
    await run()
    await shelf.told_of("ADDED shop/z")
    assert server.queries("LIST") == [{"limit": "2"}, {"resourceVersion": "100"}]
    assert server.queries("WATCH")[0]["resourceVersion"] == "110"
    replaced = next(words for words in shelf.told if words.startswith("replaced"))
    assert "shop/a" not in replaced, "it was deleted in between"
    assert len(replaced.split()) == 2002
    assert shelf.told[1] == "listing shop/a shop/b remaining 1999"
    assert len([words for words in shelf.told if words.startswith("listing")]) > 2


@pytest.mark.parametrize(("code", "reason"), [(429, "TooManyRequests"), (504, "Timeout"), (410, "Expired")])
async def test_where_the_cache_has_no_answer_the_rest_comes_in_pages(
    server: ScriptedServer, shelf: Shelf, run: Run, clock: Clock, code: int, reason: str
) -> None:
    server.on("GET /version", body(b'{"major":"1","minor":"34"}'))
    refused = status(code, reason, "storage is (re)initializing")
    server.on(LIST, page(thing("a"), token="t1"), refused, page(thing("b")))
    await run()
    await shelf.told_of("replaced shop/a shop/b")
    assert server.queries("LIST")[2] == {"limit": "2", "continue": "t1"}
    assert clock.slept == []


async def test_an_old_server_is_asked_for_pages(server: ScriptedServer, api: Api, shelf: Shelf) -> None:
    server.on("GET /version", body(b'{"major":"1","minor":"32"}'))
    server.on(LIST, page(thing("a"), token="t1"), page(thing("b"), token="t2"), page(thing("c")))
    assert list(await Reflector(api, THINGS, shelf).list()) == ["shop/a", "shop/b", "shop/c"]
    await Reflector(api, THINGS, shelf).list()
    assert len(server.queries("GET")) == 1, "the version is asked once"


async def test_a_list_that_is_cut_in_the_middle_is_an_error(server: ScriptedServer, api: Api, shelf: Shelf) -> None:
    server.on("GET /version", body(b'{"major":"1","minor":"34"}'))
    whole = b'{"metadata":{},"items":[{"metadata":{"name":"a"}},{"metadata":{"name":"b"}}]}'
    server.on(LIST, page(thing("a"), token="t1"), body(whole[:-30]))
    with pytest.raises(Unreachable, match="is no list of things"):
        await Reflector(api, THINGS, shelf).list()


async def test_remaining_is_unknown_where_the_server_does_not_say(
    server: ScriptedServer, shelf: Shelf, run: Run
) -> None:
    server.on(LIST, page(thing("a"), token="t1"), page(thing("b")))
    await run()
    await shelf.told_of("listing shop/a remaining None")


async def test_an_expired_page_starts_the_list_over_and_no_half_list_is_shown_as_whole(
    server: ScriptedServer, shelf: Shelf, run: Run
) -> None:
    gone = status(410, "Expired", "continue token expired")
    server.on(LIST, page(thing("a"), token="t1"), gone, page(thing("b"), token="t2"), page(thing("c"), version="200"))
    server.on(WATCH, watch())
    await run()
    await shelf.until(lambda shelf: Freshness.LIVE in shelf.states)
    assert [words for words in shelf.told if words.startswith("replaced")] == ["replaced shop/b shop/c"]


async def test_a_list_starts_over_once_only(server: ScriptedServer, api: Api, shelf: Shelf) -> None:
    gone, first = status(410, "Expired", "continue token expired"), page(thing("a"), token="t1")
    reflector = Reflector(api, THINGS, shelf)
    server.on(LIST, first, gone, page(thing("b")), first, gone, first, gone, page(thing("never")))
    assert list(await reflector.list()) == ["shop/b"]
    with pytest.raises(ApiError) as expired:
        await reflector.list()
    assert expired.value.expired


async def test_an_empty_list_may_be_null(server: ScriptedServer, shelf: Shelf, run: Run) -> None:
    server.on(LIST, body(b'{"metadata":{"resourceVersion":"1"},"items":null}'))
    await run()
    await shelf.told_of("replaced ")


async def test_a_login_page_is_no_list(server: ScriptedServer, shelf: Shelf, run: Run) -> None:
    server.on(LIST, body(b"<html>please log in</html>", content_type="text/html"))
    await run()
    await shelf.until(lambda shelf: Freshness.LOST in shelf.states)
    assert "no list of things" in shelf.healths[-1].error


async def test_a_single_list_needs_no_sink_and_raises(server: ScriptedServer, api: Api, shelf: Shelf) -> None:
    server.on(LIST, page(thing("a"), token="t1"), page(thing("b")), status(403, "Forbidden", "no"))
    reflector = Reflector(api, THINGS, shelf)
    assert list(await reflector.list()) == ["shop/a", "shop/b"]
    assert shelf.told == []
    with pytest.raises(ApiError) as denied:
        await reflector.list()
    assert denied.value.code == 403


async def test_nobody_listening_is_unreachable(opened: Callable[..., Api], shelf: Shelf) -> None:
    api = opened(Connection(server="http://127.0.0.1:1", context="prod", credentials=FixedCredentials()))
    with pytest.raises(Unreachable, match=r"connection refused.*kubectl --context prod get nodes"):
        await Reflector(api, THINGS, shelf).list()
