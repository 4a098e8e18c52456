"""What is made of the events of a watch."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

from kube.conftest import Run
from kube.scripted import ScriptedServer, event, page, thing, watch
from kube.things import LIST, WATCH, Shelf


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


async def test_unknown_keys_and_known_keys_are_no_errors(server: ScriptedServer, shelf: Shelf, run: Run) -> None:
    server.on(LIST, page(thing("a")))
    server.on(WATCH, watch(event("DELETED", thing("ghost", "101")) + event("ADDED", thing("a", "102", size=9))))
    await run()
    await shelf.told_of("ADDED shop/a")
    assert {key: item.size for key, item in shelf.things.items()} == {"shop/a": 9}


async def test_a_burst_leaves_the_loop_its_turns(server: ScriptedServer, shelf: Shelf, run: Run) -> None:
    burst = b"".join(event("MODIFIED", thing(f"t{i}", str(i))) for i in range(20_000))
    server.on(LIST, page())
    server.on(WATCH, watch(burst))
    await run()
    async with longest_turn() as turn:
        await shelf.until(lambda shelf: len(shelf.things) == 20_000)
    assert turn() < 0.25
    assert len(shelf.batches) > 5


@asynccontextmanager
async def longest_turn() -> AsyncIterator[Callable[[], float]]:
    """The longest time that the loop computed without a turn for others: seconds of this thread's own.

    On a busy machine the clock goes on while the thread waits for a processor; its own time does not.
    """
    worst = 0.0

    async def tick() -> None:
        nonlocal worst
        while True:
            before = time.thread_time()
            await asyncio.sleep(0.001)
            worst = max(worst, time.thread_time() - before)

    ticker = asyncio.create_task(tick())
    yield lambda: worst
    ticker.cancel()
