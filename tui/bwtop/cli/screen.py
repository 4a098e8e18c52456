"""Runs the app on the cluster that the flags name."""

import contextlib
from collections.abc import AsyncIterator

from bwtop.app import BwtopApp
from bwtop.cli.flags import Target
from bwtop.cli.session import configured, opened
from bwtop.kube.config import ConfigRequest
from bwtop.live.cluster import Cluster
from bwtop.live.sampler import LOW_DATA, NORMAL
from bwtop.live.scope import agent_namespace, pod_namespace


def run_screen(target: Target, *, low_data: bool) -> None:
    """The screen shows before the cluster is asked anything: reading credentials takes a third of a second."""
    with configured(target) as request:
        app = BwtopApp(lambda: _cluster(target, request, low_data=low_data), context=_context(target))
        app.run()
    if app.return_code:
        raise SystemExit(app.return_code)


@contextlib.asynccontextmanager
async def _cluster(target: Target, request: ConfigRequest, *, low_data: bool) -> AsyncIterator[Cluster]:
    async with opened(target, request) as session:
        namespace = target.namespace or await pod_namespace(session.api)
        cilium_namespace = target.cilium_namespace or (await agent_namespace(session.api) if namespace else None)
        yield Cluster(
            session.api,
            namespace=namespace,
            cilium_namespace=cilium_namespace,
            selector=target.selector,
            budget=LOW_DATA if low_data else NORMAL,
        )


def _context(target: Target) -> str:
    return f"demo {target.demo}" if target.demo else target.request.context or ""
