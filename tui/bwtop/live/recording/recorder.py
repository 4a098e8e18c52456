"""Writes a recording while a cluster is watched."""

import asyncio
import contextlib
import os
import time
import zlib
from collections.abc import AsyncIterator, Callable
from io import FileIO
from pathlib import Path

import msgspec

from bwtop.live.cluster import Cluster
from bwtop.live.recording.events import AnyEvent, Began, Costed, Line, SourceTold
from bwtop.live.recording.header import Header, RecordingError
from bwtop.live.recording.mask import Mask
from bwtop.live.recording.recorded_store import RecordedStore
from bwtop.live.store import Store
from bwtop.model.health import SourceHealth

FLUSH_SECONDS = 1.0
"""What a kill -9 may cost: all before is whole in the file."""
COST_SECONDS = 10.0
_BLOCK = 64 * 1024
"""Bytes of text that are held before they are compressed."""


class Recorder:
    """One file. `store` makes the store for a cluster, `recording` tells the rest; memory does not grow with the file.

    When the file can be written no longer, what there is stays, and `failure` says why; the cluster is not disturbed.
    """

    def __init__(self, path: Path, *, mask: bool = False, overwrite: bool = False) -> None:
        """Raises RecordingError when the file exists, OSError when it cannot be made."""
        self.path = path
        self.written = 0
        """Bytes in the file."""
        self.failure = ""
        """Why nothing is recorded any more: the disk is full, say."""
        self._mask = Mask() if mask else None
        self._file = _create(path, overwrite=overwrite)
        self._gzip = zlib.compressobj(6, zlib.DEFLATED, 31)
        self._encoder = msgspec.json.Encoder()
        self._lines: list[bytes] = []
        self._held = 0
        self._clock: Callable[[], float] | None = None
        self._start = 0.0
        self._current: Store | None = None
        self._told: dict[str, SourceHealth] = {}
        self._costed = Costed(received=-1)
        self._cost_due = 0.0

    def store(
        self, *, clock: Callable[[], float] = time.monotonic, unix: Callable[[], float] = time.time
    ) -> RecordedStore:
        """To be given to the cluster that is recorded; the recording has its times."""
        store: RecordedStore = RecordedStore(lambda event: self._told_by(store, event), self, clock=clock, unix=unix)
        return store

    @contextlib.asynccontextmanager
    async def recording(self, cluster: Cluster, *, look_every: float = FLUSH_SECONDS) -> AsyncIterator[None]:
        """While the context lasts, or until another cluster is recorded in the same file.

        Every so many seconds what no event tells is looked at, and the file is brought up to date.
        """
        self._begin(cluster)
        task = asyncio.create_task(self._record(cluster, look_every), name=f"record {self.path}")
        try:
            yield
        finally:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)
            self.look(cluster)
            self.flush()

    async def _record(self, cluster: Cluster, look_every: float) -> None:
        while not self.failure and self._current is cluster.store:
            await asyncio.sleep(look_every)
            self.look(cluster)
            self.flush()

    def close(self) -> None:
        """Ends the file; without it a reader says that the recording was cut. One that never began is removed."""
        if self._file.closed:
            return
        if self._clock is None:
            self._file.close()
            self.path.unlink(missing_ok=True)
            return
        self.flush()
        self._write(self._gzip.flush(zlib.Z_FINISH))
        self._file.close()

    def flush(self) -> None:
        """All that was told is in the file."""
        if self._lines:
            self._compress()
            self._write(self._gzip.flush(zlib.Z_SYNC_FLUSH))

    def look(self, cluster: Cluster) -> None:
        """What no event tells: how fresh the sources are, and what watching costs."""
        if self._current is not cluster.store:
            return
        overview, now = cluster.overview(), cluster.store.clock()
        for name, health in overview.sources.items():
            before = self._told.get(name)
            if before is None or _differ(before, health):
                self._told[name] = health
                self._tell(SourceTold(name=name, health=_relative(health, self._start)))
        cost = Costed(received=overview.received, denied=overview.denied)
        if cost.denied != self._costed.denied or now >= self._cost_due:
            self._costed, self._cost_due = cost, now + COST_SECONDS
            self._tell(cost)

    @property
    def seconds(self) -> float:
        """Since the recording began; 0 before."""
        return self._clock() - self._start if self._clock else 0.0

    # -- inside ---------------------------------------------------------------------------------------------------
    def _begin(self, cluster: Cluster) -> None:
        """The header the first time; a cluster that had to be opened again goes on in the same file."""
        if self._clock is None:
            self._clock, self._start = cluster.store.clock, cluster.store.clock()
            header = Header(
                started=cluster.store.unix(),
                context=cluster.api.connection.context,
                namespace=cluster.namespace,
                masked=self._mask is not None,
            )
            self._hold(self._encoder.encode(self._mask.header(header) if self._mask else header))
        self._current = cluster.store
        self._told.clear()
        self._tell(Began(context=cluster.api.connection.context, namespace=cluster.namespace))

    def _told_by(self, store: RecordedStore, event: AnyEvent) -> None:
        """A cluster that was left goes on for a moment; what its store is told is no part of the recording."""
        if store is self._current:
            self._tell(event)

    def _tell(self, event: AnyEvent) -> None:
        if self._clock is None or self.failure or self._file.closed:
            return
        if self._mask:
            event = self._mask.event(event)
        self._hold(self._encoder.encode(Line(round((self._clock() - self._start) * 1000), event)))

    def _hold(self, line: bytes) -> None:
        self._lines.append(line)
        self._held += len(line)
        if self._held > _BLOCK:
            self._compress()

    def _compress(self) -> None:
        text = b"\n".join([*self._lines, b""])
        self._lines.clear()
        self._held = 0
        self._write(self._gzip.compress(text))

    def _write(self, data: bytes) -> None:
        if not data or self.failure:
            return
        try:
            left = memoryview(data)
            while left:
                left = left[self._file.write(left) :]
        except OSError as error:
            self.failure = f"{self.path} cannot be written: {error.strerror or error}"
        else:
            self.written += len(data)


def _create(path: Path, *, overwrite: bool) -> FileIO:
    """Nobody but the user may read it: it tells the names and addresses of a cluster."""
    flags = os.O_WRONLY | os.O_CREAT | (os.O_TRUNC if overwrite else os.O_EXCL)
    try:
        return FileIO(os.open(path, flags, 0o600), "w")
    except FileExistsError:
        raise RecordingError(f"{path} exists", hint="name another file, or add --overwrite") from None


def _differ(before: SourceHealth, after: SourceHealth) -> bool:
    """Whether a screen would say anything else; while a source is live, the time of its last answer is not said."""
    return (before.freshness, before.error, before.retry_at, bool(before.objects)) != (
        after.freshness,
        after.error,
        after.retry_at,
        bool(after.objects),
    )


def _relative(health: SourceHealth, start: float) -> SourceHealth:
    retry_at = None if health.retry_at is None else health.retry_at - start
    return msgspec.structs.replace(health, since=health.since - start, retry_at=retry_at)
