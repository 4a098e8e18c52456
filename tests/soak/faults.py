"""What is done to the cluster and to the way there. Each fault lasts for a moment and is mended by itself."""

import asyncio
import contextlib
import http.client
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from random import Random

from cluster.plan import PlannedNode
from cluster.rest import RefusedError
from cluster.rig import Rig
from cluster.seed import agent_object, run_pod
from soak.proxy import Answer, SpoilingProxy, refusal, response, watch_error

RESTART = "API server restarted"


@dataclass
class World:
    """What faults are done to."""

    rig: Rig
    proxy: SpoilingProxy
    agents: list[PlannedNode]
    random: Random

    def some(self) -> bool:
        return self.random.random() < 0.4

    def answer(self, kind: str, instead: bytes, *, most: int) -> None:
        self.proxy.answers = [answer for answer in self.proxy.answers if answer.times > 0]
        self.proxy.answers.append(Answer(kind, instead, self.random.randint(1, most)))


Fault = Callable[[World], Awaitable[None]]


async def cut_some(world: World) -> None:
    world.proxy.cut(world.some)


async def cut_all(world: World) -> None:
    world.proxy.cut(lambda: True)


async def refuse(world: World) -> None:
    world.proxy.open = False
    world.proxy.cut(lambda: True)
    await asyncio.sleep(world.random.uniform(1, 6))
    world.proxy.open = True


async def stall(world: World) -> None:
    world.proxy.moving.clear()
    await asyncio.sleep(world.random.uniform(1, 6))
    world.proxy.moving.set()


async def forget(world: World) -> None:
    world.proxy.forget(world.some)


async def slow(world: World) -> None:
    world.proxy.delay = world.random.uniform(0.05, 0.5)
    await asyncio.sleep(world.random.uniform(2, 6))
    world.proxy.delay = 0.0


async def cut_lists(world: World) -> None:
    """The next lists end in the middle."""
    world.proxy.truncate = world.random.randint(100, 20_000)
    world.answer("watch", watch_error(410, "Expired"), most=2)
    world.proxy.cut(world.some)
    await asyncio.sleep(world.random.uniform(1, 4))
    world.proxy.truncate = 0


async def rotate(world: World) -> None:
    """401 until the plugin was asked anew; open connections go on, so some are cut, too."""
    world.proxy.rotate()
    world.proxy.cut(world.some)


async def expire(world: World) -> None:
    world.answer("watch", watch_error(410, "Expired"), most=3)
    world.proxy.cut(world.some)


async def gone(world: World) -> None:
    world.answer("watch", refusal(410, "Expired"), most=3)
    world.proxy.cut(world.some)


async def expire_pages(world: World) -> None:
    expired = Answer("list", refusal(410, "Expired"), 2, on=lambda asked: "continue" in asked.query)
    world.proxy.answers.append(expired)
    await expire(world)


async def busy(world: World) -> None:
    world.answer("", refusal(429, "TooManyRequests", "Retry-After: 1"), most=6)
    world.proxy.cut(world.some)


async def broken(world: World) -> None:
    code, reason = world.random.choice(((500, "InternalError"), (503, "ServiceUnavailable"), (504, "Timeout")))
    world.answer("", refusal(code, reason), most=6)
    world.proxy.cut(world.some)


async def login_page(world: World) -> None:
    page = response(200, b"<html>please log in</html>", content_type="text/html")
    world.answer(world.random.choice(("list", "watch")), page, most=3)
    world.answer("watch", watch_error(410, "Expired"), most=1)
    world.proxy.cut(world.some)


async def execs_fail(world: World) -> None:
    world.answer("exec", refusal(500, "InternalError"), most=10)
    world.proxy.cut(world.some)


async def agent_down(world: World) -> None:
    """Every command of one agent fails."""
    node = world.random.choice(world.agents)
    scene = world.rig.directory / "containers" / "kube-system" / node.agent_pod / "scene.json"
    away = scene.with_suffix(".away")
    scene.rename(away)
    try:
        await asyncio.sleep(world.random.uniform(2, 8))
    finally:
        away.rename(scene)


async def compact(world: World) -> None:
    await asyncio.to_thread(world.rig.compact)
    world.proxy.cut(world.some)


async def agent_restarted(world: World) -> None:
    """The pod of an agent is another one of the same name."""
    node = world.random.choice(world.agents)
    await asyncio.to_thread(_replace_agent, world.rig, node)


def _replace_agent(rig: Rig, node: PlannedNode) -> None:
    """Tries until the API server, which may be starting, has done it."""
    path, agent = "/api/v1/namespaces/kube-system/pods", agent_object(node)
    for _ in range(60):
        with contextlib.suppress(OSError, http.client.HTTPException, RefusedError), rig.rest() as rest:
            rest.send("DELETE", f"{path}/{node.agent_pod}?gracePeriodSeconds=0")
            run_pod(rest, agent, ip=node.internal_ip, host_ip=node.internal_ip)
            return
        time.sleep(0.5)
    raise TimeoutError(f"{node.agent_pod} could not be made again")


async def restart(world: World) -> None:
    """It takes some seconds until it answers; other faults come meanwhile."""
    await asyncio.to_thread(world.rig.restart_api_server, gracefully=world.random.random() < 0.5)


FAULTS: dict[str, tuple[Fault, float]] = {
    "some connections cut": (cut_some, 4),
    "all connections cut": (cut_all, 2),
    "connections refused for a while": (refuse, 2),
    "not a byte for a while": (stall, 2),
    "connections forgotten by a NAT": (forget, 1),
    "every answer slow": (slow, 2),
    "lists cut in the middle": (cut_lists, 2),
    "401 until the plugin runs anew": (rotate, 3),
    "410 as an event": (expire, 2),
    "410 as a status": (gone, 2),
    "410 for the next page of a list": (expire_pages, 1),
    "429 with Retry-After": (busy, 2),
    "500, 503 or 504": (broken, 2),
    "a login page instead": (login_page, 1),
    "execs refused with 500": (execs_fail, 2),
    "an agent whose commands fail": (agent_down, 3),
    "an agent restarted": (agent_restarted, 2),
    "etcd compacted": (compact, 1),
    RESTART: (restart, 1.5),
}
"""What can be done, and how often in comparison."""
