"""Runs the samples of a plan and tells how far it is: an async generator, so that command line and panel share it.

Leaving it early, however that happens, ends netperf in the container.
"""

import asyncio
import contextlib
import re
import time
from collections.abc import AsyncGenerator, Sequence
from typing import Final

import msgspec

from bwtop.kube.api import Api
from bwtop.kube.errors import ExecError, KubeError
from bwtop.kube.exec import STDERR, STDOUT, ExecStream, open_exec
from bwtop.netperf.combine import combined
from bwtop.netperf.command import GRACE_SECONDS, STOP, run_command
from bwtop.netperf.ends import End, check_there, check_unchanged
from bwtop.netperf.errors import Failure, NetperfError
from bwtop.netperf.measurement import Measurement
from bwtop.netperf.parse import NO_NETPERF_HINT, Printed, read_measurement
from bwtop.netperf.plan import Plan

TICK_SECONDS: Final = 0.25
LOOK_SECONDS: Final = 1.0
"""Between two looks at the pods: a netperf whose peer is gone only finds out at its time-out."""
_FAREWELL_SECONDS: Final = 2.0
"""How long a netperf that was told to stop may take to be gone."""
_LATE_SECONDS: Final = 5.0
"""After `timeout` should have ended it."""
_AFTERMATH_SECONDS: Final = 0.3
"""How long standard error and the server's own word may come after the exit status was printed."""
_OUTPUT_LIMIT: Final = 256 * 1024
_TOLD: Final = re.compile(rb"\n#bwtop exit ([0-9]{1,3})\n\Z")
"""How the script ends (see `command`)."""


class Running(msgspec.Struct, frozen=True, kw_only=True):
    """A sample is under way; comes every `TICK_SECONDS`."""

    sample: int
    """From 1 on."""
    samples: int
    elapsed: float
    seconds: int
    """Of the sample."""

    @property
    def share(self) -> float:
        """Of all samples, 0 to 1."""
        return (self.sample - 1 + min(self.elapsed / self.seconds, 1.0)) / self.samples


class Sampled(msgspec.Struct, frozen=True, kw_only=True):
    """A sample is done."""

    sample: int
    measurement: Measurement


RunProgress = Running | Sampled


async def run_samples(api: Api, plan: Plan) -> AsyncGenerator[RunProgress, None]:
    """One `Sampled` for each sample, `Running` between them. Raises NetperfError, KubeError.

    Leave it with `aclose` (contextlib.aclosing), or cancel who reads it, to stop.
    """
    settings, ends = plan.settings, (plan.server, plan.client)
    if problem := settings.problem():
        raise NetperfError(Failure.OTHER, problem)
    for end in ends:
        end.ip(settings.family)
    for number in range(1, settings.samples + 1):
        await check_unchanged(api, ends)
        streams = [asyncio.create_task(_run_one(api, plan)) for _ in range(settings.streams)]
        watch = asyncio.create_task(_watch(api, ends))
        try:
            async for elapsed in _elapsing(streams, watch):
                yield Running(sample=number, samples=settings.samples, elapsed=elapsed, seconds=settings.seconds)
            yield Sampled(sample=number, measurement=combined([stream.result() for stream in streams]))
        except ExecError as error:
            await check_unchanged(api, ends)
            raise NetperfError(Failure.OTHER, error.cause, hint=error.hint) from error
        except NetperfError:
            await check_unchanged(api, ends)  # a pod that is gone is the better explanation
            raise
        finally:
            for task in (*streams, watch):
                task.cancel()
            await asyncio.gather(*streams, watch, return_exceptions=True)


async def _watch(api: Api, ends: Sequence[End]) -> None:
    """Ends with a NetperfError once a pod is lost; a look that fails is left to netperf's own connection."""
    while True:
        await asyncio.sleep(LOOK_SECONDS)
        with contextlib.suppress(KubeError):
            await check_there(api, ends)


async def _elapsing(
    streams: Sequence[asyncio.Task[Measurement]], watch: asyncio.Task[None]
) -> AsyncGenerator[float, None]:
    """Seconds since the start, until all are done or one has failed. Raises NetperfError when a pod is lost."""
    started = time.monotonic()
    pending: set[asyncio.Task[Measurement]] = set(streams)
    while pending:
        await asyncio.wait({*pending, watch}, timeout=TICK_SECONDS, return_when=asyncio.FIRST_COMPLETED)
        if watch.done():
            watch.result()
        done = {task for task in pending if task.done()}
        if any(task.exception() for task in done):
            return
        if pending := pending - done:
            yield time.monotonic() - started


async def _run_one(api: Api, plan: Plan) -> Measurement:
    settings, client = plan.settings, plan.client
    command = run_command(settings.test, ip=plan.server.ip(settings.family), seconds=settings.seconds)
    stream = open_exec(
        api, namespace=client.namespace, pod=client.pod, container=client.container, command=command, stdin=True
    )
    patience = settings.seconds + GRACE_SECONDS + _LATE_SECONDS
    try:
        async with asyncio.timeout(patience), stream:
            try:
                printed = await _printed(stream)
            except asyncio.CancelledError:
                await _stop(stream)
                raise
    except TimeoutError:
        hint = f"is the node of {client.key} ({client.node}) overloaded, or the connection gone?"
        raise NetperfError(Failure.TIMED_OUT, f"netperf did not end within {patience} s", hint=hint) from None
    except ExecError as error:
        if "executable file not found" in error.cause:
            hint = NO_NETPERF_HINT
            raise NetperfError(Failure.NO_NETPERF, f"{client.key} has no shell to run netperf in", hint=hint) from error
        raise
    try:
        return read_measurement(settings.test, printed)
    except NetperfError as error:
        if error.failure is not Failure.NO_NETPERF:
            raise
        cause = f"{client.key} has no netperf in its container {client.container}"
        raise NetperfError(error.failure, cause, hint=error.hint) from error


async def _printed(stream: ExecStream) -> Printed:
    """All of it, with the exit status as the shell prints it or the server sends it, whoever is first."""
    output = {STDOUT: bytearray(), STDERR: bytearray()}
    told: re.Match[bytes] | None = None
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(None) as patience:
            async for channel, data in stream:
                output[channel] += data[: _OUTPUT_LIMIT - len(output[channel])]
                if told is None and (told := _TOLD.search(output[STDOUT])):
                    patience.reschedule(asyncio.get_running_loop().time() + _AFTERMATH_SECONDS)
    stdout, stderr = (bytes(output[channel]) for channel in (STDOUT, STDERR))
    return Printed(
        stdout=(stdout[: told.start()] if told else stdout).decode(errors="replace"),
        stderr=stderr.decode(errors="replace"),
        exit_status=int(told[1]) if told else stream.exit_status,
    )


async def _stop(stream: ExecStream) -> None:
    """Tells the shell to kill netperf, and waits until it is gone."""
    with contextlib.suppress(KubeError, TimeoutError):
        async with asyncio.timeout(_FAREWELL_SECONDS):
            await stream.write(STOP)
            await _printed(stream)
