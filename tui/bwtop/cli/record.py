"""`bwtop record`: keep what the screen would show in a file, to look at it after the incident."""

import asyncio
import contextlib
import signal
from pathlib import Path
from typing import Any

import click

from bwtop.cli.duration import seconds
from bwtop.cli.errors import UsageError, guarded
from bwtop.cli.flags import Target, read_target
from bwtop.cli.terminal import Looks, need_terminal, read_looks
from bwtop.cli.tui import tui_flags
from bwtop.live.cluster import Cluster
from bwtop.live.recording.recorder import Recorder
from bwtop.model.moment import span

LOOK_SECONDS = 2.0


@click.command(short_help="Record what the screen shows in FILE.")
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@click.option("--headless", is_flag=True, help="Record without a screen, until interrupted.")
@click.option("--for", "duration", metavar="TIME", default="0", callback=seconds, help="Headless: end after 10m, say.")
@click.option("--mask", is_flag=True, help="Write pseudonyms for namespaces, pods, nodes, addresses, labels, contexts.")
@click.option("--overwrite", is_flag=True, help="Replace the file if there is one.")
@tui_flags
def record(file: Path, headless: bool, duration: float, mask: bool, overwrite: bool, **flags: Any) -> None:  # noqa: ANN401
    """Show the screen, and record what it shows in FILE; `bwtop replay FILE` plays it again.

    A recording holds names, addresses, labels and rates, and no token. What was recorded before a crash can be played.
    """
    target = read_target(flags)
    with guarded(debug=target.debug):
        if duration and not headless:
            raise UsageError("--for is for recordings without a screen; add --headless, or leave the screen with q")
        if not headless:
            need_terminal("add --headless to record without one")
        recorder = Recorder(file, mask=mask, overwrite=overwrite)
        try:
            if headless:
                asyncio.run(_headless(target, recorder, duration, low_data=bool(flags["low_data"])))
            else:
                _on_screen(target, read_looks(flags), recorder, low_data=bool(flags["low_data"]))
        finally:
            recorder.close()
            if recorder.written:
                click.echo(f"bwtop: {_summary(recorder)}", err=True)
        if recorder.failure:
            raise UsageError(f"the recording ended early: {recorder.failure}")


def _on_screen(target: Target, looks: Looks, recorder: Recorder, *, low_data: bool) -> None:
    from bwtop.cli.screen import run_screen

    run_screen(target, looks, low_data=low_data, recorder=recorder)


async def _headless(target: Target, recorder: Recorder, duration: float, *, low_data: bool) -> None:
    """Until the time is over, a signal comes, or the disk is full; raises KubeError when there is no cluster."""
    from bwtop.cli.places import places_of
    from bwtop.cli.profile_files import load_profiles
    from bwtop.cli.screen import watched_cluster

    over = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        asyncio.get_running_loop().add_signal_handler(number, over.set)
    profiles = load_profiles(named=target.profile)
    with contextlib.ExitStack() as stack:
        places = places_of(target, stack)
        watched = watched_cluster(target, places, places.start, profiles, low_data=low_data, recorder=recorder)
        async with watched as cluster:
            end = f"for {span(duration)}" if duration else "until Ctrl-C"
            click.echo(f"bwtop: recording {cluster.api.connection.context} to {recorder.path} {end}", err=True)
            watching = asyncio.create_task(cluster.run(), name="cluster")
            looking = asyncio.create_task(_look(cluster, recorder, over), name="look")
            try:
                with contextlib.suppress(TimeoutError):
                    async with asyncio.timeout(duration or None):
                        await over.wait()
            finally:
                watching.cancel()
                looking.cancel()
                await asyncio.gather(watching, looking, return_exceptions=True)


async def _look(cluster: Cluster, recorder: Recorder, over: asyncio.Event) -> None:
    """As if all rows were on a screen, those that ask for a limit at its top."""
    while not recorder.failure:
        objects = cluster.store.objects
        annotated = [node for node, pods in objects.annotated.most_common() if pods]
        cluster.look_at([*annotated, *objects.agents])
        await asyncio.sleep(LOOK_SECONDS)
    over.set()


def _summary(recorder: Recorder) -> str:
    size = f"{recorder.written / (1 << 20):.1f} MiB" if recorder.written >= 1 << 20 else f"{recorder.written:,} bytes"
    return f"{recorder.path}: {span(recorder.seconds)}, {size}; `bwtop replay {recorder.path}` plays it"
