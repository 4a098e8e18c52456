"""A real netperf and netserver over a shaped link, reached through exec as in a cluster: figure and verdict.

Run by root on Debian after tests/netperf/install; skipped elsewhere, saying why.
"""

import asyncio
import contextlib
from collections.abc import Iterator, Sequence
from typing import Any

import msgspec
import pytest

from bwtop.model.netperf import NetperfTest
from bwtop.netperf.errors import Failure, NetperfError
from bwtop.netperf.judge import Verdict
from bwtop.netperf.plan import Plan, Settings
from bwtop.netperf.result import Result, conclude
from bwtop.netperf.run import Running, Sampled, run_samples
from netperf import namespaces
from netperf.laboratory import Laboratory
from netperf.namespaces import CLIENT_IP6, CLIENT_SPACE, SERVER_IP6, SERVER_SPACE, RealExec, netperfs, shape

SECONDS = 3


@pytest.fixture(scope="module")
def link() -> Iterator[None]:
    if reason := namespaces.missing():
        pytest.skip(f"no real netperf: {reason}")
    with namespaces.linked_namespaces(), namespaces.netserver():
        yield


@pytest.fixture
def real(link: None, laboratory: Laboratory, monkeypatch: pytest.MonkeyPatch) -> Iterator[Laboratory]:
    spaces = {"netperf-server": SERVER_SPACE, "netperf-client": CLIENT_SPACE}
    monkeypatch.setattr("bwtop.demo.exec.run", RealExec(spaces))
    yield laboratory
    for space in (SERVER_SPACE, CLIENT_SPACE):
        shape(space, None)


def result(plan: Plan, progress: Sequence[object]) -> Result:
    samples = [each.measurement for each in progress if isinstance(each, Sampled)]
    return conclude(plan, samples, context="test", unix=0.0, version="1")


async def measured(real: Laboratory, *, limit: int | None = None, **settings: Any) -> Result:
    plan = await real.plan(Settings(seconds=SECONDS, **settings), limit=limit)
    return result(plan, await real.run(plan))


async def held(real: Laboratory, *, limit: int, **settings: Any) -> Result:
    """Once more, five times at most, when too little came through.

    A shaper can only hold back: that more than the limit came through is told by the first run. Too little may be the
    machine's doing, which ran neither end for a while; tbf makes good for no more than its burst. A shaper that is
    too slow in truth is so each time.
    """
    found = await measured(real, limit=limit, **settings)
    for _ in range(5):
        if found.verdict is not Verdict.UNDER:
            break
        found = await measured(real, limit=limit, **settings)
    return found


@pytest.mark.parametrize(("rate", "limit"), [("10mbit", 10_000_000), ("100mbit", 100_000_000)])
async def test_a_limit_that_holds_is_measured_and_passes(real: Laboratory, rate: str, limit: int) -> None:
    shape(SERVER_SPACE, rate)
    found = await held(real, limit=limit)
    assert found.measured.bits_per_second == pytest.approx(limit, rel=0.1)
    assert found.verdict is Verdict.PASS


async def test_a_limit_that_does_not_hold_is_over(real: Laboratory) -> None:
    shape(SERVER_SPACE, "100mbit")
    found = await measured(real, limit=10_000_000)
    assert found.verdict is Verdict.OVER
    assert found.share == pytest.approx(9.5, abs=1)


async def test_a_slower_path_is_under(real: Laboratory) -> None:
    shape(SERVER_SPACE, "10mbit")
    assert (await measured(real, limit=100_000_000)).verdict is Verdict.UNDER


async def test_without_a_limit_there_is_a_figure_and_no_verdict(real: Laboratory) -> None:
    found = await measured(real)
    assert found.verdict is None
    assert found.measured.bits_per_second is not None
    assert found.measured.bits_per_second > 300_000_000
    assert found.measured.cpu.client_percent is not None


async def test_the_limit_of_the_client_counts_in_the_other_direction(real: Laboratory) -> None:
    shape(CLIENT_SPACE, "10mbit")
    found = await held(real, limit=10_000_000, test=NetperfTest.TCP_STREAM)
    assert found.verdict is Verdict.PASS
    assert found.measured.sent_bits_per_second is not None


async def test_several_streams_share_one_limit(real: Laboratory) -> None:
    shape(SERVER_SPACE, "100mbit")
    assert (await held(real, limit=100_000_000, streams=3)).verdict is Verdict.PASS


async def test_samples_have_a_mean_and_a_confidence(real: Laboratory) -> None:
    shape(SERVER_SPACE, "10mbit")
    plan = await real.plan(Settings(seconds=1, samples=2))
    found = result(plan, await real.run(plan))
    assert len(found.measured.samples_bits_per_second) == 2
    assert found.measured.confidence95_bits_per_second is not None


async def test_round_trips_have_percentiles_and_no_verdict(real: Laboratory) -> None:
    found = await measured(real, limit=10_000_000, test=NetperfTest.TCP_RR)
    latency = found.measured.latency_microseconds
    assert found.measured.transactions_per_second
    assert latency.p50 is not None
    assert latency.p99 is not None
    assert latency.p50 <= latency.p99
    assert found.verdict is None


async def test_datagrams_beyond_the_limit_are_lost(real: Laboratory) -> None:
    shape(CLIENT_SPACE, "10mbit")
    found = await measured(real, limit=10_000_000, test=NetperfTest.UDP_STREAM)
    assert found.measured.bits_per_second is not None
    assert 1e6 < found.measured.bits_per_second < 11.5e6


async def test_ipv6(real: Laboratory) -> None:
    shape(SERVER_SPACE, "10mbit")
    plan = await real.plan(Settings(seconds=SECONDS, family=6))
    server, client = (
        msgspec.structs.replace(end, ips=(*end.ips, ip))
        for end, ip in ((plan.server, SERVER_IP6), (plan.client, CLIENT_IP6))
    )
    plan = msgspec.structs.replace(plan, server=server, client=client)
    found = result(plan, await real.run(plan))
    assert (found.server.ip, found.verdict) == (SERVER_IP6, Verdict.PASS)


async def until_running(real: Laboratory, plan: Plan, *, leave: bool) -> None:
    async with contextlib.aclosing(run_samples(real.api, plan)) as progress:
        async for each in progress:
            if isinstance(each, Running) and netperfs():
                if leave:
                    return
                await asyncio.Event().wait()


async def until(count: int) -> None:
    """Looks until so many netperfs run; fails after 5 s."""
    for _ in range(100):
        if len(netperfs()) == count:
            return
        await asyncio.sleep(0.05)
    pytest.fail(f"not {count}: {netperfs()}")


async def test_who_stops_early_leaves_no_netperf_behind(real: Laboratory) -> None:
    plan = await real.plan(Settings(seconds=60))
    await until_running(real, plan, leave=True)
    await until(0)


async def test_who_is_cancelled_leaves_no_netperf_behind(real: Laboratory) -> None:
    plan = await real.plan(Settings(seconds=60, streams=2))
    test = asyncio.create_task(until_running(real, plan, leave=False))
    await until(2)
    test.cancel()
    await asyncio.gather(test, return_exceptions=True)
    await until(0)


async def test_a_lost_connection_ends_netperf(real: Laboratory) -> None:
    plan = await real.plan(Settings(seconds=60))
    async with contextlib.aclosing(run_samples(real.api, plan)) as progress:
        async for each in progress:
            if isinstance(each, Running) and netperfs():
                break
        await real.server.stop()
        await until(0)
        with contextlib.suppress(Exception):
            await progress.aclose()


async def test_nobody_who_listens(real: Laboratory) -> None:
    plan = await real.plan(Settings(seconds=SECONDS))
    away = msgspec.structs.replace(plan.server, ips=("192.168.34.66",))
    with pytest.raises(NetperfError) as raised:
        await real.run(msgspec.structs.replace(plan, server=away))
    assert raised.value.failure is Failure.NO_NETSERVER
