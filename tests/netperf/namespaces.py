"""Two network namespaces with a shaped link, as two nodes of a cluster: what a pod of the demo runs, runs really there.

Needs root, iproute2, netperf and netserver; `install` installs the last two where it can.
"""

import asyncio
import contextlib
import os
import shutil
import signal
import subprocess
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from functools import cache

from bwtop.demo.process import STDERR, STDOUT, Process

SERVER_SPACE, CLIENT_SPACE = f"bwtop-s{os.getpid()}", f"bwtop-c{os.getpid()}"
SERVER_IP, CLIENT_IP = "192.168.62.98", "192.168.34.66"
DEVICE = "path0"
SERVER_IP6, CLIENT_IP6 = "fd99::1", "fd99::2"


def missing() -> str:
    """Why nothing can be tested here; empty when it can."""
    absent = [program for program in ("ip", "tc", "netperf", "netserver") if shutil.which(program) is None]
    if absent:
        return f"{', '.join(absent)} not on the PATH: run tests/netperf/install as root, on Debian"
    if os.geteuid():
        return "network namespaces need root"
    tried = subprocess.run(["ip", "netns", "add", f"{SERVER_SPACE}-try"], capture_output=True, text=True)
    if tried.returncode:
        return f"network namespaces cannot be made here: {tried.stderr.strip()}"
    _ip("netns", "del", f"{SERVER_SPACE}-try")
    return ""


def _ip(*words: str) -> None:
    subprocess.run(["ip", *words], check=True, capture_output=True)


@contextlib.contextmanager
def linked_namespaces() -> Iterator[None]:
    """A veth pair between the two, with the addresses that the demo's netperf pods have, and fd99::1 and fd99::2."""
    spaces = (SERVER_SPACE, CLIENT_SPACE)
    addresses = ((SERVER_IP, SERVER_IP6), (CLIENT_IP, CLIENT_IP6))
    try:
        for space in spaces:
            _ip("netns", "add", space)
        _ip("link", "add", DEVICE, "netns", SERVER_SPACE, "type", "veth", "peer", "name", DEVICE, "netns", CLIENT_SPACE)
        for space, (ipv4, ipv6) in zip(spaces, addresses, strict=True):
            _ip("-n", space, "addr", "add", f"{ipv4}/16", "dev", DEVICE)
            _ip("-n", space, "-6", "addr", "add", f"{ipv6}/64", "dev", DEVICE, "nodad")
            for device in ("lo", DEVICE):
                _ip("-n", space, "link", "set", device, "up")
        yield
    finally:
        for space in spaces:
            subprocess.run(["ip", "netns", "del", space], capture_output=True)


def shape(space: str, rate: str | None) -> None:
    """Bounds what leaves a namespace: `10mbit`; None takes the bound away."""
    subprocess.run(["tc", "-n", space, "qdisc", "del", "dev", DEVICE, "root"], capture_output=True)
    if rate:
        words = ["root", "tbf", "rate", rate, "burst", "32kb" if rate == "10mbit" else "256kb", "latency", "300ms"]
        subprocess.run(["tc", "-n", space, "qdisc", "add", "dev", DEVICE, *words], check=True, capture_output=True)


@cache
def _at_once() -> tuple[str, ...]:
    """What makes a command run whenever it can, so that its figure is the link's and not the machine's; or nothing."""
    words = ("chrt", "-r", "1")
    try:
        allowed = subprocess.run([*words, "true"], capture_output=True).returncode == 0
    except FileNotFoundError:
        return ()
    return words if allowed else ()


@contextlib.contextmanager
def netserver() -> Iterator[None]:
    """A netserver in the server's namespace that accepts connections when this is entered."""
    with subprocess.Popen(
        [*_at_once(), "ip", "netns", "exec", SERVER_SPACE, "netserver", "-D"],
        stdout=subprocess.DEVNULL,
        start_new_session=True,
    ) as process:
        try:
            subprocess.run(["ip", "netns", "exec", SERVER_SPACE, "sh", "-c", _UNTIL_LISTENING], check=True, timeout=60)
            yield
        finally:
            os.killpg(process.pid, signal.SIGTERM)


_UNTIL_LISTENING = "until grep -q ':3241 .* 0A ' /proc/net/tcp6; do sleep 0.05; done"
"""12865 is 3241 in hexadecimal; 0A is LISTEN."""


def netperfs() -> Sequence[str]:
    """Command lines of the netperfs that run anywhere on this machine."""
    listed = subprocess.run(["ps", "-eo", "args"], capture_output=True, text=True, check=True).stdout
    return [line for line in listed.splitlines() if line.startswith("netperf ")]


class RealExec:
    """Takes the place of the demo's programs: a command runs in the namespace of its pod."""

    def __init__(self, spaces: Mapping[str, str]) -> None:
        self._spaces = spaces

    async def __call__(self, process: Process, command: Sequence[str]) -> int:
        """As a kubelet does it: when the client goes its input ends, and the command goes on."""
        words = (*_at_once(), "ip", "netns", "exec", self._spaces[process.pod], *command)
        pipe = asyncio.subprocess.PIPE
        child = await asyncio.create_subprocess_exec(*words, stdin=pipe, stdout=pipe, stderr=pipe)
        assert child.stdin
        assert child.stdout
        assert child.stderr
        feeding = asyncio.create_task(_feed(process, child.stdin))
        try:
            await asyncio.gather(_copy(process, STDOUT, child.stdout), _copy(process, STDERR, child.stderr))
            return await child.wait()
        finally:
            feeding.cancel()
            child.stdin.close()


async def _feed(process: Process, stdin: asyncio.StreamWriter) -> None:
    with contextlib.suppress(ConnectionError):
        while piece := await process.stdin.get():
            stdin.write(piece)
            await stdin.drain()
    stdin.close()


async def _copy(process: Process, channel: int, stream: asyncio.StreamReader) -> None:
    async for piece in _pieces(stream):
        await (process.out if channel == STDOUT else process.err)(piece.decode())


async def _pieces(stream: asyncio.StreamReader) -> AsyncIterator[bytes]:
    while piece := await stream.read(65536):
        yield piece
