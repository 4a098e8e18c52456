"""Opens the cluster that the flags name: a real one, or the demo cluster in a thread of its own."""

import asyncio
import contextlib
import os
import tempfile
import threading
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from bwtop.cli.errors import UsageError
from bwtop.cli.flags import Target
from bwtop.kube.api import Api
from bwtop.kube.config import ConfigRequest, connect


@dataclass(frozen=True)
class Session:
    """A connected API and the namespace that the flags and the context come to; None: all."""

    api: Api
    namespace: str | None


@contextlib.contextmanager
def configured(target: Target) -> Iterator[ConfigRequest]:
    """The request to connect with; with --demo it names a kubeconfig that lives as long as the context."""
    if target.demo is None:
        yield target.request
        return
    with demo_cluster(target.demo) as kubeconfig:
        yield replace(target.request, kubeconfig=str(kubeconfig), context=None, cluster=None, user=None, server=None)


@contextlib.asynccontextmanager
async def opened(target: Target, request: ConfigRequest) -> AsyncIterator[Session]:
    """Raises KubeError when there is no way to the cluster."""
    connection = await connect(request)
    api = Api(connection, request_timeout=target.request_timeout)
    try:
        yield Session(api, None if target.all_namespaces else target.namespace or connection.namespace)
    finally:
        await api.close()


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
