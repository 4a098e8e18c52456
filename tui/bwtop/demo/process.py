"""A command that runs in a container of the demo: never a real process, always a function."""

import asyncio
from collections.abc import Awaitable, Callable

import msgspec

from bwtop.demo.node import Node
from bwtop.demo.world import World

STDOUT, STDERR = 1, 2


class Output(msgspec.Struct, frozen=True):
    """What a command that prints and ends has printed."""

    stdout: str = ""
    stderr: str = ""
    exit: int = 0


class NotFoundError(Exception):
    """The container has no such program."""

    def __init__(self, program: str) -> None:
        super().__init__(f'exec: "{program}": executable file not found in $PATH')
        self.program = program


class ConnectionCutError(Exception):
    """The connection is to break here."""


class Process:
    """Where a program runs, what it reads and where it writes."""

    def __init__(
        self,
        world: World,
        node: Node,
        *,
        namespace: str,
        pod: str,
        container: str,
        write: Callable[[int, bytes], Awaitable[None]],
    ) -> None:
        self.world, self.node = world, node
        self.namespace, self.pod, self.container = namespace, pod, container
        self.stdin: asyncio.Queue[bytes] = asyncio.Queue()
        """Pieces as they come; an empty one is the end."""
        self._write = write

    @property
    def is_agent(self) -> bool:
        return self.container == "cilium-agent"

    async def out(self, text: str) -> None:
        if text:
            await self._write(STDOUT, text.encode())

    async def err(self, text: str) -> None:
        if text:
            await self._write(STDERR, text.encode())

    async def print(self, output: Output) -> int:
        """Writes all of an output; its exit status."""
        await self.err(output.stderr)
        await self.out(output.stdout)
        return output.exit

    async def read_all(self) -> str:
        """Standard input until its end."""
        pieces = []
        while piece := await self.stdin.get():
            pieces.append(piece)
        return b"".join(pieces).decode(errors="replace")
