"""A one-shot command does not hold an edit of just now against the agent, and does hold an older one."""

import time
from collections.abc import AsyncIterator

import pytest

from bwtop.cilium.wire import EGRESS_BANDWIDTH
from bwtop.demo.server import DemoServer
from bwtop.demo.world import load_world
from bwtop.kube.api import Api
from bwtop.live.snapshot import Snapshot, Want
from bwtop.model.states import State
from demo.clocks import StillClock
from live.clusters import SERVER, api_of

EVERYTHING = Want.PODS | Want.ENDPOINTS | Want.NODES | Want.AGENTS
URL = f"/api/v1/namespaces/{SERVER.replace('/', '/pods/')}"
A_MINUTE = 60.0


@pytest.fixture
def clock() -> StillClock:
    """Agents apply nothing until it is moved."""
    return StillClock()


@pytest.fixture
async def api(clock: StillClock) -> AsyncIterator[Api]:
    async with DemoServer(load_world("eks-chaining", clock=clock), tls=False) as server, api_of(server) as api:
        yield api


async def annotated(api: Api, *, value: str) -> None:
    body = f'{{"metadata": {{"annotations": {{"{EGRESS_BANDWIDTH}": "{value}"}}}}}}'
    await api.send("PATCH", URL, body.encode(), content_type="application/merge-patch+json")


async def state_seen(api: Api, *, seconds_later: float) -> State:
    """The verdict of a command whose clock is that far ahead of the write."""
    snapshot = Snapshot(api)
    snapshot.store.unix = lambda: time.time() + seconds_later
    await snapshot.take(EVERYTHING, essential=Want.PODS)
    assert snapshot.warnings == []
    return snapshot.store.pods[SERVER].state


@pytest.mark.parametrize(
    ("seconds_later", "state"),
    [
        pytest.param(0, State.PENDING, id="just now"),
        pytest.param(A_MINUTE, State.MISMATCH, id="a minute ago"),
        pytest.param(-A_MINUTE, State.MISMATCH, id="by a clock that is a minute ahead of ours"),
    ],
)
async def test_an_edit_that_the_agent_does_not_follow(api: Api, seconds_later: float, state: State) -> None:
    await annotated(api, value="50M")
    assert await state_seen(api, seconds_later=seconds_later) is state


async def test_a_value_that_landed_between_the_list_and_the_map_is_in_sync(clock: StillClock, api: Api) -> None:
    snapshot = Snapshot(api)
    await snapshot.take(EVERYTHING, essential=Want.PODS)
    await annotated(api, value="50M")
    clock.forward(A_MINUTE)
    await snapshot.read_agents(rates=False)
    assert snapshot.store.pods[SERVER].state is State.IN_SYNC


async def test_a_pod_that_is_gone_by_then_drifts_no_more(clock: StillClock, api: Api) -> None:
    snapshot = Snapshot(api)
    await snapshot.take(EVERYTHING, essential=Want.PODS)
    await api.send("DELETE", URL)
    clock.forward(A_MINUTE)
    await snapshot.read_agents(rates=False)
    assert SERVER not in snapshot.store.pods


async def test_where_many_drift_none_is_read_again(api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bwtop.live.second_look.AT_MOST", 0)
    await annotated(api, value="50M")
    assert await state_seen(api, seconds_later=0) is State.MISMATCH
