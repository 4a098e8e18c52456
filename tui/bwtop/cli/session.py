"""Opens the cluster that the flags name: a real one, or the demo cluster in a thread of its own."""

import asyncio
import contextlib
import os
import tempfile
import threading
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import click

from bwtop.cli.errors import UsageError
from bwtop.cli.flags import Target
from bwtop.cli.profile_files import load_profiles
from bwtop.kube.api import Api
from bwtop.kube.config import ConfigRequest, connect
from bwtop.model.profile import Profile
from bwtop.model.profile_choice import Profiles


@dataclass(frozen=True)
class Session:
    """A connected API and what the flags, the context and its profile come to."""

    api: Api
    namespace: str | None
    """None: all of them."""
    cilium_namespace: str | None
    """Where the agents are; None: wherever they are found."""
    profiles: Profiles
    profile: Profile
    """The one that counts on this context."""


@contextlib.contextmanager
def configured(target: Target) -> Iterator[ConfigRequest]:
    """The request to connect with; with --demo it names a kubeconfig that lives as long as the context."""
    if target.demo is None:
        yield target.request
        return
    with demo_cluster(target.demo) as kubeconfig:
        yield replace(target.request, kubeconfig=str(kubeconfig), context=None, cluster=None, user=None, server=None)


@contextlib.asynccontextmanager
async def opened(target: Target, request: ConfigRequest, *, profiles: Profiles | None = None) -> AsyncIterator[Session]:
    """Mistakes in profiles go to stderr, unless the caller has read them and tells of them itself; notices at the end.

    Raises KubeError when there is no way to the cluster, UsageError for a profile that does not exist.
    """
    if profiles is None:
        profiles = load_profiles(named=target.profile)
        for mistake in profiles.mistakes:
            click.echo(f"bwtop: profile left out: {mistake}", err=True)
    connection = await connect(request)
    profile = profiles.chosen(connection.context)
    api = Api(connection, request_timeout=target.request_timeout)
    try:
        yield Session(
            api=api,
            namespace=None if target.all_namespaces else target.namespace or connection.namespace,
            cilium_namespace=target.cilium_namespace or profile.cilium_namespace,
            profiles=profiles,
            profile=profile,
        )
    finally:
        await api.close()
        for notice in connection.notices:
            click.echo(f"bwtop: {notice}", err=True)


@contextlib.contextmanager
def demo_cluster(name: str, *, port: int = 0) -> Iterator[Path]:
    """Serves a demo cluster from a thread, so that it cannot hold up the program; yields its kubeconfig (0600).

    Raises UsageError when there is no cluster of this name.
    """
    from bwtop.demo.server import DemoServer
    from bwtop.demo.world import load_world

    try:
        world = load_world(name)
    except KeyError as error:
        raise UsageError(error.args[0]) from None
    server = DemoServer(world, port=port)
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, name="demo cluster", daemon=True)
    thread.start()
    try:
        asyncio.run_coroutine_threadsafe(server.start(), loop).result()
        with tempfile.TemporaryDirectory(prefix="bwtop-demo-") as folder:
            path = Path(folder) / "kubeconfig"
            with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT, 0o600), "w") as file:
                file.write(server.kubeconfig())
            yield path
    finally:
        asyncio.run_coroutine_threadsafe(server.stop(), loop).result()
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.close()
