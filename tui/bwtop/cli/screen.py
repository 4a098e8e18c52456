"""Runs the app on the cluster that the flags name."""

import contextlib
import os
import sys
from collections.abc import AsyncIterator, Callable
from typing import TYPE_CHECKING

import click
import msgspec

from bwtop.app import BwtopApp
from bwtop.cli.config_file import keep_columns, load_config
from bwtop.cli.errors import UsageError
from bwtop.cli.flags import Target
from bwtop.cli.places import Places, places_of
from bwtop.cli.profile_files import load_profiles
from bwtop.cli.session import opened
from bwtop.cli.terminal import Looks
from bwtop.collector import Collector
from bwtop.live.budget import LOW_DATA, NORMAL, Budget
from bwtop.live.cluster import Cluster
from bwtop.live.scope import agent_namespace, pod_namespace
from bwtop.loop_watch import watched_loop
from bwtop.model.place import Place
from bwtop.model.profile import Profile
from bwtop.model.profile_choice import Profiles

if TYPE_CHECKING:
    from bwtop.live.recording.recorder import Recorder

GIL_SECONDS = 0.001
"""After which a thread that computes lets another one go on, a fifth of Python's: threads read the keys, write to the
terminal and import what a key will need; the event loop waits for its turn after each call of the kernel meanwhile."""


def run_screen(
    target: Target, looks: Looks, *, low_data: bool, writable: bool = False, recorder: "Recorder | None" = None
) -> None:
    """The screen shows before the cluster is asked anything: reading credentials takes a third of a second.

    Raises UsageError when there is no such theme.
    """
    profiles, config = load_profiles(named=target.profile), load_config()
    with contextlib.ExitStack() as stack:
        places = places_of(target, stack)
        run_app(
            lambda: BwtopApp(
                lambda place: watched_cluster(target, places, place, profiles, low_data=low_data, recorder=recorder),
                place=places.start,
                contexts=places.contexts,
                theme=looks.theme,
                ascii=looks.ascii,
                writable=writable,
                config=config,
                keep_columns=keep_columns,
            )
        )


def run_app(make: Callable[[], BwtopApp]) -> None:
    """Until it is left; raises UsageError when there is no such theme."""
    try:
        app = make()
    except ValueError as error:
        raise UsageError(str(error)) from None
    app.collector = Collector()
    sys.setswitchinterval(GIL_SECONDS)
    with watched_loop(os.environ.get("BWTOP_LOOP_WATCH")) as loop:
        app.run(loop=loop)
    click.echo(app.last_picture, nl=False)
    if app.return_code:
        raise SystemExit(app.return_code)


@contextlib.asynccontextmanager
async def watched_cluster(
    target: Target,
    places: Places,
    place: Place,
    profiles: Profiles,
    *,
    low_data: bool,
    recorder: "Recorder | None" = None,
) -> AsyncIterator[Cluster]:
    """The cluster at a place, to be run by the caller; it is recorded while the context lasts."""
    async with opened(target, await places.request(place), profiles=profiles) as session:
        namespace = place.namespace or await pod_namespace(session.api)
        cilium_namespace = session.cilium_namespace
        if namespace and not cilium_namespace:
            cilium_namespace = await agent_namespace(session.api, selector=session.profile.cilium_selector)
        cluster = Cluster(
            session.api,
            namespace=namespace,
            cilium_namespace=cilium_namespace,
            selector=target.selector,
            budget=_budget(session.profile, low_data=low_data),
            profiles=profiles,
            store=recorder.store() if recorder else None,
        )
        async with recorder.recording(cluster) if recorder else contextlib.nullcontext():
            yield cluster


def _budget(profile: Profile, *, low_data: bool) -> Budget:
    """Few data are few data, whatever the profile would like."""
    if low_data or profile.low_data:
        return msgspec.structs.replace(LOW_DATA, period=max(LOW_DATA.period, profile.refresh))
    return msgspec.structs.replace(NORMAL, period=profile.refresh)
