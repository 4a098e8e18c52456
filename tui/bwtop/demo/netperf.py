"""netperf and netserver between the demo's pods.

A run measures what the world lets through, takes its time, and is seen in the interface counters meanwhile.
"""

import asyncio
import contextlib
import ipaddress
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import msgspec

from bwtop.demo import netperf_text as text
from bwtop.demo.kinds import PODS
from bwtop.demo.netperf_text import Call, Measured
from bwtop.demo.node import Endpoint, Node
from bwtop.demo.process import Output, Process
from bwtop.demo.store import Key
from bwtop.demo.traffic import LINE_RATE, Flow
from bwtop.demo.world import World

SAME_NODE_RATE = 9.66e9
PAYLOAD = 0.955
"""Of a limit, what arrives as data with packets of 1500 bytes; the rest is headers."""
PAYLOAD_JUMBO = 0.991
"""The same with the 9001 bytes of an AWS network."""
UDP_PASSED = 0.14
"""Of a limit, what arrives of UDP that is sent without regard to it."""
UDP_OFFERED = 59e6
"""Bits/s that a limited pod offers all the same (measured under 10M)."""
KILLED = 137
"""Exit status after SIGKILL."""
ROUND_TRIP, ROUND_TRIP_LOCAL = 512e-6, 54e-6


class _Path(msgspec.Struct, frozen=True):
    """Who sends to whom during a test."""

    node: Node
    sender: Endpoint | None
    """None: a pod in the host's network, that nothing limits."""
    same_node: bool

    def limit(self) -> float | None:
        """Bits/s; None: nothing holds this traffic back."""
        return None if self.same_node or self.sender is None else self.node.agent.limit(self.sender.id)

    def received(self, *, udp: bool) -> float:
        """Bits/s of data that arrive now."""
        limit = self.limit()
        if limit is None:
            return SAME_NODE_RATE if self.same_node else LINE_RATE
        payload = PAYLOAD_JUMBO if self.node.cilium.chaining == "aws-cni" else PAYLOAD
        return min(limit * (UDP_PASSED if udp else payload), LINE_RATE)


async def netperf(process: Process, command: Sequence[str]) -> int:
    call = text.read_call(command[1:])
    if isinstance(call, Output):
        return await process.print(call)
    target = _target(process.world, call.host)
    if target is None:
        return await process.print(text.no_connection(call.host))
    banner = text.banner(call) if call.headers else ""
    if call.interim:  # without interim results nothing is flushed before the end
        await process.out(banner)
    measured = await _run(process, call, _path(process, call, *target), peer=target[1].key)
    if measured is None:
        return KILLED
    await process.out(("" if call.interim else banner) + text.result(call, measured))
    return 0


async def netserver(process: Process, command: Sequence[str]) -> int:
    key = process.namespace, process.pod
    if _listens(process.world, key):
        said = "Unable to start netserver with  'IN(6)ADDR_ANY' port '12865' and family AF_UNSPEC\n"
        return await process.print(Output("", said, 1))
    process.world.netservers.add(key)
    await process.out("Starting netserver with host 'IN(6)ADDR_ANY' port '12865' and family AF_UNSPEC\n")
    return 0


def _target(world: World, host: str) -> tuple[Node, Endpoint] | None:
    """The pod at an address, when a netserver answers there."""
    try:
        found = world.endpoint_at(str(ipaddress.ip_address(host)))
    except ValueError:
        return None
    return found if found and _listens(world, found[1].key) else None


def _listens(world: World, key: Key) -> bool:
    """Whether the pod was started as a netserver, which its image is without arguments, or was made one since."""
    stored = world.store[PODS].find(*key)
    if stored is None:
        return False
    return key in world.netservers or any(map(_is_netserver, stored.body()["spec"]["containers"]))


def _is_netserver(container: Mapping[str, Any]) -> bool:
    words = " ".join([*container.get("command", []), *container.get("args", [])])
    return "netperf" in container["image"] and (not words or "netserver" in words)


def _path(process: Process, call: Call, node: Node, server: Endpoint) -> _Path:
    client = process.world.endpoints.get((process.namespace, process.pod))
    same = node is process.node
    return _Path(node, server, same) if call.server_sends else _Path(process.node, client, same)


async def _run(process: Process, call: Call, path: _Path, *, peer: Key) -> Measured | None:
    """Sends for the test's duration, a second at a time: a limit that is edited meanwhile counts from then on.

    None: the pod was deleted meanwhile, and netperf with it. Of a peer that is gone netperf hears nothing any more.
    """
    with _flowing(process.world, call, path):
        return await _sent(process, call, path, peer)


@contextlib.contextmanager
def _flowing(world: World, call: Call, path: _Path) -> Iterator[None]:
    """The sender's interface counts it, until it ends or is stopped."""
    counter = path.sender.counter if path.sender else None
    if counter is None or not call.streams:
        yield
        return
    bits = _offered(path) if call.udp else LINE_RATE
    flow = Flow(bits=bits, until=world.agenda.now + call.seconds, udp=call.udp, local=path.same_node)
    path.node.count()
    counter.flows.append(flow)
    try:
        yield
    finally:
        path.node.count()
        if flow in counter.flows:
            counter.flows.remove(flow)


async def _sent(process: Process, call: Call, path: _Path, peer: Key) -> Measured | None:
    world, clock = process.world, process.world.agenda
    begun = clock.now
    volume, until, end = 0.0, begun, begun + call.seconds
    while until < end:
        width = min(call.interim or 1.0, end - until)
        rate = path.received(udp=call.udp) * (1 + world.random.uniform(-0.002, 0.002))
        await clock.sleep(until + width - clock.now)
        if not call.interim:  # who is woken late has sent meanwhile
            width = min(max(width, clock.now - until), end - until)
        until += width
        if world.store[PODS].find(process.namespace, process.pod) is None:
            return None
        if world.store[PODS].find(*peer) is None:
            await asyncio.Event().wait()
        volume += rate * width
        if call.interim and call.streams:
            await process.out(text.interim(rate, width, world.unix))
    return _measured(call, path, received=volume / call.seconds)


def _offered(path: _Path) -> float:
    """Bits/s of UDP that leave the pod; a limit slows it down a little, as a full queue does."""
    return path.received(udp=False) if path.limit() is None else UDP_OFFERED


def _measured(call: Call, path: _Path, *, received: float) -> Measured:
    limited = path.limit() is not None
    trip = ROUND_TRIP_LOCAL if path.same_node else ROUND_TRIP
    return Measured(
        seconds=call.seconds,
        received=received,
        # socket buffers fill at once, so that the sender's figure of a short run lies far above the receiver's
        sent=_offered(path) if call.udp else received * (1 + (1.62 * call.seconds**-0.7 if limited else 0.0)),
        transactions=(0.28 if call.test.endswith("CRR") else 1.0) / trip,
        round_trip=trip,
        retransmits=0 if limited or path.same_node else 17,
        cpu=min(4.0 + 60 * received / LINE_RATE, 97.0),
    )
