import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

import pytest

from bwtop.kube.api import Api
from bwtop.kube.backoff import Backoff
from bwtop.kube.connection import Connection
from bwtop.kube.credentials import FixedCredentials
from bwtop.kube.errors import ApiError, Unreachable
from bwtop.kube.reflector import Reflector
from bwtop.model.health import Freshness
from kube.scripted import (
    ScriptedServer,
    body,
    bookmark,
    error_event,
    event,
    page,
    status,
    thing,
    watch,
)
from kube.things import THINGS, URL, Clock, Shelf, Thing
from kube.users import Rotating

LIST, WATCH = f"LIST {URL}", f"WATCH {URL}"


@pytest.fixture
def shelf() -> Shelf:
    return Shelf()


@pytest.fixture
def clock() -> Clock:
    return Clock()


Run = Callable[..., Awaitable[Reflector[Thing]]]


@pytest.fixture
async def run(api: Api, shelf: Shelf, clock: Clock) -> AsyncIterator[Run]:
    tasks: list[asyncio.Task[None]] = []

    async def start(api: Api = api, **selection: str) -> Reflector[Thing]:
        reflector = Reflector(api, THINGS, shelf, clock=clock, sleep=clock.sleep, random=lambda: 0.0, **selection)
        tasks.append(asyncio.create_task(reflector.run()))
        return reflector

    yield start
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)


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


async def test_events_of_one_read_are_one_batch(server: ScriptedServer, shelf: Shelf, run: Run) -> None:
    burst = b"".join([event("ADDED", thing("a")), event("MODIFIED", thing("a", size=2)), event("DELETED", thing("b"))])
    server.on(LIST, page())
    server.on(WATCH, watch(burst))
    await run()
    await shelf.told_of("DELETED shop/b")
    assert shelf.batches == [["ADDED shop/a", "MODIFIED shop/a", "DELETED shop/b"]]
    assert shelf.things["shop/a"].size == 2


async def test_an_event_may_come_in_pieces(server: ScriptedServer, shelf: Shelf, run: Run) -> None:
    line = event("ADDED", thing("a"))
    server.on(LIST, page())
    server.on(WATCH, watch(line[:10], line[10:40], line[40:] + b"\n"))
    await run()
    await shelf.told_of("ADDED shop/a")
    assert shelf.batches == [["ADDED shop/a"]]


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


async def test_a_busy_server_is_given_the_time_it_asks_for(
    server: ScriptedServer, shelf: Shelf, clock: Clock, run: Run
) -> None:
    server.on(LIST, page())
    busy = status(429, "TooManyRequests", "slow down", {"Retry-After": "7"})
    server.on(WATCH, busy, busy, watch(event("ADDED", thing("a", "101"))))
    await run()
    await shelf.told_of("ADDED shop/a")
    assert clock.slept == [7.0, 7.0]
    assert len(server.queries("LIST")) == 1


async def test_a_server_error_backs_off_twice_as_long_each_time(
    server: ScriptedServer, shelf: Shelf, clock: Clock, run: Run
) -> None:
    server.on(LIST, *[status(500, "InternalError", "etcd is away")] * 7, page(thing("a")))
    await run()
    await shelf.told_of("replaced shop/a")
    assert clock.slept == pytest.approx([0.8, 1.6, 3.2, 6.4, 12.8, 25.6, 30.0])


async def test_a_source_that_stays_away_is_lost_and_says_when_it_is_tried_again(
    server: ScriptedServer, shelf: Shelf, clock: Clock, run: Run
) -> None:
    server.on(LIST, page(thing("a")))
    server.on(WATCH, *[status(503, "ServiceUnavailable", "no backend")] * 3, watch())
    await run()
    await shelf.until(lambda shelf: shelf.states[-2:] == [Freshness.LOST, Freshness.LIVE])
    assert shelf.states == [Freshness.LOADING, Freshness.LIVE, Freshness.STALE, Freshness.LOST, Freshness.LIVE]
    lost = next(health for health in shelf.healths if health.freshness is Freshness.LOST)
    assert "no backend" in lost.error
    assert lost.retry_at == clock.now
    assert lost.since == 1_000.0
    assert lost.objects == 1
    assert set(shelf.things) == {"shop/a"}, "the last good data stands"


async def test_a_watch_that_fails_on_and_on_is_given_up_for_a_list(
    server: ScriptedServer, shelf: Shelf, run: Run
) -> None:
    server.on(LIST, page(thing("a")), page(thing("b")))
    server.on(WATCH, watch(error_event(500, "InternalError")))
    await run()
    await shelf.told_of("replaced shop/b")


async def test_what_never_was_live_is_lost_at_the_first_failure(server: ScriptedServer, shelf: Shelf, run: Run) -> None:
    server.on(LIST, status(500, "InternalError", "etcd is away"), page())
    await run()
    await shelf.until(lambda shelf: Freshness.LIVE in shelf.states)
    assert shelf.states[:4] == [Freshness.LOADING, Freshness.LOST, Freshness.LOADING, Freshness.LIVE]


async def test_what_is_forbidden_is_tried_seldom(server: ScriptedServer, shelf: Shelf, clock: Clock, run: Run) -> None:
    server.on(LIST, status(403, "Forbidden", 'User "jo" cannot list resource "things"'), page(thing("a")))
    await run()
    await shelf.told_of("replaced shop/a")
    assert clock.slept == [30.0]
    assert shelf.states[1] is Freshness.DENIED
    assert "a role must allow list on things" in shelf.healths[1].error
    assert "kubectl --context prod auth can-i list things -A" in shelf.healths[1].error


async def test_a_kind_that_the_server_does_not_know_is_absent(
    server: ScriptedServer, shelf: Shelf, clock: Clock, run: Run
) -> None:
    server.on(LIST, body(b"404 page not found\n", code=404, content_type="text/plain"), page())
    await run()
    await shelf.told_of("replaced ")
    assert shelf.states[1] is Freshness.ABSENT
    assert clock.slept == [30.0]


async def test_a_watch_that_ends_at_once_is_not_reopened_at_once(
    server: ScriptedServer, shelf: Shelf, clock: Clock, run: Run
) -> None:
    server.on(LIST, page())
    server.on(WATCH, watch(then="end"), watch(then="end"), watch(event("ADDED", thing("a"))))
    await run()
    await shelf.told_of("ADDED shop/a")
    assert clock.slept == pytest.approx([0.8, 1.6])


async def test_an_object_that_does_not_decode_is_left_out_and_counted(
    server: ScriptedServer, shelf: Shelf, run: Run
) -> None:
    server.on(LIST, page(thing("a"), thing("bad", size="large"), thing("b")))
    server.on(
        WATCH,
        watch(
            event("MODIFIED", thing("bad", "101", size=None)),
            b"this is no JSON\n",
            event("PRAISED", thing("a", "102")),
            event("ADDED", thing("c", "103")),
        ),
    )
    reflector = await run()
    await shelf.told_of("ADDED shop/c")
    assert set(shelf.things) == {"shop/a", "shop/b", "shop/c"}
    assert reflector.skipped == 4
    assert "objects of things were left out" in shelf.healths[-1].error


async def test_an_object_of_another_kind_is_left_out(server: ScriptedServer, shelf: Shelf, run: Run) -> None:
    server.on(LIST, page(thing("a")))
    server.on(WATCH, watch(event("ADDED", {"kind": "Status", "status": "Failure"}), event("ADDED", thing("b", "101"))))
    reflector = await run()
    await shelf.told_of("ADDED shop/b")
    assert set(shelf.things) == {"shop/a", "shop/b"}
    assert reflector.skipped == 1


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


def test_two_quiet_minutes_let_the_back_off_begin_anew(clock: Clock) -> None:
    backoff = Backoff(clock=clock, random=lambda: 0.5)
    assert [backoff.next() for _ in range(3)] == pytest.approx([1.2, 2.4, 4.8])
    clock.now += 119
    assert backoff.next() == pytest.approx(9.6)
    clock.now += 121
    assert backoff.next() == pytest.approx(1.2)


async def test_credentials_that_are_refused_are_renewed_and_nothing_is_seen_of_it(
    server: ScriptedServer, shelf: Shelf, clock: Clock, run: Run
) -> None:
    refused = status(401, "Unauthorized", "Unauthorized")
    server.on(LIST, refused, page(thing("a")))
    server.on(WATCH, watch(event("ADDED", thing("b", "101"))))
    api = Api(Connection(server=server.url, credentials=Rotating("old", "new")))
    await run(api)
    await shelf.told_of("ADDED shop/b")
    assert shelf.states == [Freshness.LOADING, Freshness.LIVE]
    assert clock.slept == []
    await api.close()


async def test_unknown_keys_and_known_keys_are_no_errors(server: ScriptedServer, shelf: Shelf, run: Run) -> None:
    server.on(LIST, page(thing("a")))
    server.on(WATCH, watch(event("DELETED", thing("ghost", "101")) + event("ADDED", thing("a", "102", size=9))))
    await run()
    await shelf.told_of("ADDED shop/a")
    assert {key: item.size for key, item in shelf.things.items()} == {"shop/a": 9}


async def test_an_empty_list_may_be_null(server: ScriptedServer, shelf: Shelf, run: Run) -> None:
    server.on(LIST, body(b'{"metadata":{"resourceVersion":"1"},"items":null}'))
    await run()
    await shelf.told_of("replaced ")


async def test_a_login_page_is_no_list(server: ScriptedServer, shelf: Shelf, run: Run) -> None:
    server.on(LIST, body(b"<html>please log in</html>", content_type="text/html"))
    await run()
    await shelf.until(lambda shelf: Freshness.LOST in shelf.states)
    assert "no list of things" in shelf.healths[-1].error


async def test_a_stream_that_falls_silent_is_opened_again(server: ScriptedServer, shelf: Shelf, run: Run) -> None:
    connection = Connection(server=server.url, credentials=FixedCredentials())
    impatient = Api(connection, silence=0.05)
    server.on(LIST, page())
    server.on(WATCH, watch(event("ADDED", thing("a", "101"))), watch(event("ADDED", thing("b", "102"))))
    await run(impatient)
    await shelf.told_of("ADDED shop/b")
    assert server.queries("WATCH")[1]["resourceVersion"] == "101"
    await impatient.close()


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


async def test_a_burst_leaves_the_loop_its_turns(server: ScriptedServer, shelf: Shelf, run: Run) -> None:
    burst = b"".join(event("MODIFIED", thing(f"t{i}", str(i))) for i in range(20_000))
    server.on(LIST, page())
    server.on(WATCH, watch(burst))
    await run()
    async with longest_turn() as turn:
        await shelf.until(lambda shelf: len(shelf.things) == 20_000)
    assert turn() < 0.25
    assert len(shelf.batches) > 5


async def test_a_single_list_needs_no_sink_and_raises(server: ScriptedServer, api: Api, shelf: Shelf) -> None:
    server.on(LIST, page(thing("a"), token="t1"), page(thing("b")), status(403, "Forbidden", "no"))
    reflector = Reflector(api, THINGS, shelf)
    assert list(await reflector.list()) == ["shop/a", "shop/b"]
    assert shelf.told == []
    with pytest.raises(ApiError) as denied:
        await reflector.list()
    assert denied.value.code == 403


async def test_nobody_listening_is_unreachable(shelf: Shelf) -> None:
    api = Api(Connection(server="http://127.0.0.1:1", context="prod", credentials=FixedCredentials()))
    with pytest.raises(Unreachable, match=r"connection refused.*kubectl --context prod get nodes"):
        await Reflector(api, THINGS, shelf).list()
    await api.close()


@asynccontextmanager
async def longest_turn() -> AsyncIterator[Callable[[], float]]:
    """The longest time for which the loop did nothing else, in seconds."""
    loop, worst = asyncio.get_running_loop(), 0.0

    async def tick() -> None:
        nonlocal worst
        while True:
            before = loop.time()
            await asyncio.sleep(0.001)
            worst = max(worst, loop.time() - before)

    ticker = asyncio.create_task(tick())
    yield lambda: worst
    ticker.cancel()
