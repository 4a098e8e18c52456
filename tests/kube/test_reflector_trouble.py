"""Servers that are busy, away, or say no: how long the reflector waits, and what it tells meanwhile."""

from collections.abc import Callable

import pytest

from bwtop.kube.api import Api
from bwtop.kube.backoff import Backoff
from bwtop.kube.connection import Connection
from bwtop.model.health import Freshness
from kube.conftest import Run
from kube.scripted import ScriptedServer, body, error_event, event, page, status, thing, watch
from kube.things import LIST, WATCH, Clock, Shelf
from kube.users import Rotating


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


def test_two_quiet_minutes_let_the_back_off_begin_anew(clock: Clock) -> None:
    backoff = Backoff(clock=clock, random=lambda: 0.5)
    assert [backoff.next() for _ in range(3)] == pytest.approx([1.2, 2.4, 4.8])
    clock.now += 119
    assert backoff.next() == pytest.approx(9.6)
    clock.now += 121
    assert backoff.next() == pytest.approx(1.2)


async def test_credentials_that_are_refused_are_renewed_and_nothing_is_seen_of_it(
    server: ScriptedServer, opened: Callable[..., Api], shelf: Shelf, clock: Clock, run: Run
) -> None:
    refused = status(401, "Unauthorized", "Unauthorized")
    server.on(LIST, refused, page(thing("a")))
    server.on(WATCH, watch(event("ADDED", thing("b", "101"))))
    await run(opened(Connection(server=server.url, credentials=Rotating("old", "new"))))
    await shelf.told_of("ADDED shop/b")
    assert shelf.states == [Freshness.LOADING, Freshness.LIVE]
    assert clock.slept == []
