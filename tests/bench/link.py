"""A slow link in front of a server on loopback: all connections together get so many bits a second each way, late.

link.py PORT MBIT_PER_SECOND ROUND_TRIP_MS prints the port to connect to and serves until its standard input ends; for
each line of that it prints how many bytes came from the server so far. Greetings of TCP are not delayed, and its slow
start is not acted out: a real link is a little slower.
"""

import asyncio
import contextlib
import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass

CHUNK = 8192
"""Bytes of one connection that go before the next one's turn."""
BUFFER = 1 << 16


class Lane:
    """One direction of the link; every chunk waits for those before it."""

    def __init__(self, *, bits_per_second: float) -> None:
        self._bits_per_second = bits_per_second
        self._turn = asyncio.Lock()
        self._free_at = 0.0
        self.carried = 0
        """Bytes so far."""

    async def carry(self, size: int) -> None:
        """Returns when so many bytes have left the near end."""
        loop = asyncio.get_running_loop()
        self.carried += size
        async with self._turn:
            self._free_at = max(self._free_at, loop.time()) + size * 8 / self._bits_per_second
            await asyncio.sleep(self._free_at - loop.time())


async def serve(port: int, *, mbit_per_second: float, round_trip_ms: float) -> None:
    """Prints the port, relays until standard input ends."""
    there, back = (Lane(bits_per_second=mbit_per_second * 1e6) for _ in range(2))
    delay = round_trip_ms / 2000

    async def relay(near: asyncio.StreamReader, to_near: asyncio.StreamWriter) -> None:
        far, to_far = await asyncio.open_connection("127.0.0.1", port, limit=BUFFER)
        async with asyncio.TaskGroup() as both:
            both.create_task(_pump(near, to_far, lane=there, delay=delay))
            both.create_task(_pump(far, to_near, lane=back, delay=delay))

    server = await asyncio.start_server(relay, "127.0.0.1", 0, limit=BUFFER)
    print(server.sockets[0].getsockname()[1], flush=True)
    while await asyncio.to_thread(sys.stdin.readline):
        print(back.carried, flush=True)
    os._exit(0)  # connections end with the process


async def _pump(source: asyncio.StreamReader, target: asyncio.StreamWriter, *, lane: Lane, delay: float) -> None:
    """Until the source ends, or either end is lost; then the target ends, too."""
    loop = asyncio.get_running_loop()
    with contextlib.suppress(ConnectionError):
        while chunk := await source.read(CHUNK):
            await lane.carry(len(chunk))
            loop.call_later(delay, target.write, chunk)
            await target.drain()
    loop.call_later(delay, target.close)


@dataclass(frozen=True)
class SlowLink:
    port: int
    _process: subprocess.Popen[str]

    def carried(self) -> int:
        """Bytes from the server so far."""
        assert self._process.stdin
        assert self._process.stdout
        self._process.stdin.write("\n")
        self._process.stdin.flush()
        return int(self._process.stdout.readline())


@contextlib.contextmanager
def slow_link(port: int, *, mbit_per_second: float, round_trip_ms: float) -> Iterator[SlowLink]:
    """A slow way to a server on that port."""
    command = [sys.executable, __file__, str(port), str(mbit_per_second), str(round_trip_ms)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdin
        assert process.stdout
        try:
            yield SlowLink(int(process.stdout.readline()), process)
        finally:
            process.stdin.close()


if __name__ == "__main__":
    asyncio.run(serve(int(sys.argv[1]), mbit_per_second=float(sys.argv[2]), round_trip_ms=float(sys.argv[3])))
