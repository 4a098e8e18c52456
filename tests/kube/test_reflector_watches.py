"""Where a watch begins, how it is resumed, when it is given up for a new list."""

import asyncio
from collections.abc import Callable

import pytest

from bwtop.kube.api import Api
from bwtop.kube.connection import Connection
from bwtop.kube.credentials import FixedCredentials
from bwtop.kube.reflector import Reflector
from bwtop.model.health import Freshness
from kube.conftest import Run
from kube.scripted import ScriptedServer, bookmark, error_event, event, page, status, thing, watch
from kube.things import LIST, THINGS, WATCH, Clock, Shelf


async def test_the_watch_begins_at_the_version_of_the_list(server: ScriptedServer, shelf: Shelf, run: Run) -> None:
    server.on(LIST, page(thing("a", version="7"), version="100"))
    server.on(WATCH, watch(event("ADDED", thing("b", "101"))))
    await run()
    await shelf.told_of("ADDED shop/b")
    query = server.queries("WATCH")[0]
    assert query == {"watch": "1", "allowWatchBookmarks": "true", "timeoutSeconds": "300", "resourceVersion": "100"}
    assert server.asked[-1].headers["Accept-Encoding"] == "identity"


async def test_selectors_and_namespace_reach_list_and_watch(server: ScriptedServer, shelf: Shelf, run: Run) -> None:
    path = "/apis/example.io/v1/namespaces/shop/things"
    server.on(f"LIST {path}", page())
    server.on(f"WATCH {path}", watch(event("ADDED", thing("a"))))
    await run(namespace="shop", label_selector="app=web", field_selector="spec.nodeName=n1")
    await shelf.told_of("ADDED shop/a")
    for asked in server.asked:
        assert (asked.query["labelSelector"], asked.query["fieldSelector"]) == ("app=web", "spec.nodeName=n1")


async def test_a_watch_that_ends_is_resumed_at_the_last_event(
    server: ScriptedServer, shelf: Shelf, clock: Clock, run: Run
) -> None:
    server.on(LIST, page())
    server.on(WATCH, watch(event("ADDED", thing("a", "101")), then="end"), watch(event("ADDED", thing("b", "102"))))
    await run()
    await shelf.told_of("ADDED shop/b")
    assert [query["resourceVersion"] for query in server.queries("WATCH")] == ["100", "101"]
    assert len(server.queries("LIST")) == 1
    assert clock.slept == []
    assert shelf.states == [Freshness.LOADING, Freshness.LIVE]


async def test_a_bookmark_moves_the_version_and_is_no_object(server: ScriptedServer, shelf: Shelf, run: Run) -> None:
    server.on(LIST, page(thing("a")))
    server.on(WATCH, watch(bookmark("500"), then="end"), watch(event("ADDED", thing("b", "501"))))
    await run()
    await shelf.told_of("ADDED shop/b")
    assert [query["resourceVersion"] for query in server.queries("WATCH")] == ["100", "500"]
    assert set(shelf.things) == {"shop/a", "shop/b"}


async def test_a_connection_cut_in_an_event_is_resumed_after_a_pause(
    server: ScriptedServer, shelf: Shelf, clock: Clock, run: Run
) -> None:
    server.on(LIST, page())
    cut = watch(event("ADDED", thing("a", "101")), event("ADDED", thing("b", "102"))[:20], then="cut")
    server.on(WATCH, cut, watch(event("ADDED", thing("b", "102"))))
    await run()
    await shelf.told_of("ADDED shop/b")
    assert [query["resourceVersion"] for query in server.queries("WATCH")] == ["100", "101"]
    assert clock.slept == [0.8]
    assert shelf.states == [Freshness.LOADING, Freshness.LIVE, Freshness.STALE, Freshness.LIVE]


async def test_an_expired_watch_lists_anew_and_what_is_absent_is_gone(
    server: ScriptedServer, shelf: Shelf, clock: Clock, run: Run
) -> None:
    server.on(LIST, page(thing("a"), thing("b")), page(thing("b", uid="new"), version="200"))
    expired = watch(event("ADDED", thing("c", "101")), error_event(410, "Expired"))
    server.on(WATCH, expired, watch(event("ADDED", thing("d", "201"))))
    await run()
    await shelf.told_of("ADDED shop/d")
    assert set(shelf.things) == {"shop/b", "shop/d"}
    assert shelf.things["shop/b"].uid == "new", "deleted and made again during the gap"
    assert server.queries("WATCH")[1]["resourceVersion"] == "200"
    assert clock.slept == []


async def test_a_watch_refused_with_410_lists_anew(
    server: ScriptedServer, shelf: Shelf, clock: Clock, run: Run
) -> None:
    server.on(LIST, page(thing("a")), page(thing("b"), version="200"))
    server.on(WATCH, status(410, "Expired", "too old resource version"), watch(event("ADDED", thing("c", "201"))))
    await run()
    await shelf.told_of("ADDED shop/c")
    assert set(shelf.things) == {"shop/b", "shop/c"}
    assert clock.slept == [0.8], "the list was too old at once: not again without a pause"


async def test_a_version_that_the_server_has_not_reached_lists_anew_at_once(
    server: ScriptedServer, shelf: Shelf, clock: Clock, run: Run
) -> None:
    """After etcd came back from a backup, or when another API server answers that is behind."""
    server.on(LIST, page(thing("a"), version="500"), page(thing("b"), version="90"))
    server.on(
        WATCH,
        watch(event("ADDED", thing("c", "501")), then="end"),
        status(504, "Timeout", "Too large resource version: 501, current: 90", causes=["ResourceVersionTooLarge"]),
        watch(event("ADDED", thing("d", "91"))),
    )
    await run()
    await shelf.told_of("ADDED shop/d")
    assert set(shelf.things) == {"shop/b", "shop/d"}
    assert [query["resourceVersion"] for query in server.queries("WATCH")] == ["500", "501", "90"]
    assert clock.slept == []


async def test_versions_are_opaque(server: ScriptedServer, shelf: Shelf, run: Run) -> None:
    server.on(LIST, page(version="zz-9"))
    server.on(
        WATCH,
        watch(event("ADDED", thing("a", "aa-1")), then="end"),
        watch(event("ADDED", thing("b", "7")), then="end"),
        watch(event("ADDED", thing("c", "0010"))),
    )
    await run()
    await shelf.told_of("ADDED shop/c")
    assert [query["resourceVersion"] for query in server.queries("WATCH")] == ["zz-9", "aa-1", "7"]


async def test_a_watch_that_begins_anywhere_is_not_resumed_at_what_it_began_with(
    server: ScriptedServer, shelf: Shelf, run: Run
) -> None:
    """A list without a version: the watch first brings what there is, in no order of versions."""
    server.on(LIST, page(thing("a"), version=""), page(thing("b"), version="200"))
    server.on(WATCH, watch(event("ADDED", thing("a", "7")), then="end"), watch(event("ADDED", thing("c", "201"))))
    await run()
    await shelf.told_of("ADDED shop/c")
    assert [query["resourceVersion"] for query in server.queries("WATCH")] == ["0", "200"]
    assert set(shelf.things) == {"shop/b", "shop/c"}


async def test_nothing_is_asked_for_as_a_stream_of_initial_events(
    server: ScriptedServer, shelf: Shelf, run: Run
) -> None:
    """Watch-lists come uncompressed, event by event; a server that sends their bookmark all the same is understood."""
    end = {"metadata": {"resourceVersion": "101", "annotations": {"k8s.io/initial-events-end": "true"}}}
    server.on(LIST, page(thing("a")))
    server.on(WATCH, watch(event("BOOKMARK", end), then="end"), watch(event("ADDED", thing("b", "102"))))
    await run()
    await shelf.told_of("ADDED shop/b")
    assert not any("sendInitialEvents" in asked.query for asked in server.asked)
    assert [query["resourceVersion"] for query in server.queries("WATCH")] == ["100", "101"]
    assert set(shelf.things) == {"shop/a", "shop/b"}


@pytest.mark.parametrize(
    ("code", "reason", "lists"),
    [(429, "TooManyRequests", 1), (500, "InternalError", 1), (400, "BadRequest", 2), (410, "Gone", 2)],
)
async def test_an_error_event_resumes_or_lists_anew(
    server: ScriptedServer, shelf: Shelf, run: Run, code: int, reason: str, lists: int
) -> None:
    server.on(LIST, page(thing("a")), page(thing("a"), version="200"))
    failing = watch(event("ADDED", thing("b", "101")), error_event(code, reason))
    server.on(WATCH, failing, watch(event("ADDED", thing("c", "201"))))
    await run()
    await shelf.told_of("ADDED shop/c")
    assert len(server.queries("LIST")) == lists
    assert server.queries("WATCH")[1]["resourceVersion"] == ("101" if lists == 1 else "200")


async def test_a_watch_is_asked_to_end_after_five_to_ten_minutes(
    server: ScriptedServer, api: Api, shelf: Shelf
) -> None:
    server.on(LIST, page())
    server.on(WATCH, watch(event("ADDED", thing("a"))))
    for share, seconds in ((0.0, "300"), (0.999, "599")):
        running = asyncio.create_task(Reflector(api, THINGS, shelf, random=lambda share=share: share).run())
        await shelf.told_of("ADDED shop/a")
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)
        assert server.queries("WATCH")[-1]["timeoutSeconds"] == seconds
        shelf.told.clear()


async def test_a_stream_that_falls_silent_is_opened_again(
    server: ScriptedServer, opened: Callable[..., Api], shelf: Shelf, run: Run
) -> None:
    impatient = opened(Connection(server=server.url, credentials=FixedCredentials()), silence=0.05)
    server.on(LIST, page())
    server.on(WATCH, watch(event("ADDED", thing("a", "101"))), watch(event("ADDED", thing("b", "102"))))
    await run(impatient)
    await shelf.told_of("ADDED shop/b")
    assert server.queries("WATCH")[1]["resourceVersion"] == "101"


async def test_cancelling_closes_the_stream_and_tells_nothing_more(
    server: ScriptedServer, api: Api, shelf: Shelf, clock: Clock
) -> None:
    server.on(LIST, page(thing("a")))
    server.on(WATCH, watch(event("ADDED", thing("b", "101"))))
    task = asyncio.create_task(Reflector(api, THINGS, shelf, clock=clock, sleep=clock.sleep).run())
    await shelf.told_of("ADDED shop/b")
    told = len(shelf.told)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    async with asyncio.timeout(20):
        await server.closed.wait()
    assert len(shelf.told) == told
