"""Names that the shell completes: contexts and so on from the kubeconfig, namespaces and pods from the cluster.

Whatever goes wrong, there are no candidates and there is no word of it: somebody is in the middle of a command line.
"""

import asyncio
import contextlib
import os
from collections.abc import Awaitable, Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any, Final

import click
import msgspec
from click.shell_completion import CompletionItem

from bwtop.cli.errors import UsageError
from bwtop.kube.api import Api
from bwtop.kube.config import ConfigRequest, connect
from bwtop.kube.errors import KubeError

PATIENCE: Final = "BWTOP_COMPLETION_SECONDS"
"""Environment: how long the shell waits for the cluster, credentials included."""
SECONDS: Final = 1.0
MOST: Final = "500"
TABLES: Final = ("pods", "nodes", "endpoints", "limits")


class _Metadata(msgspec.Struct):
    name: str = ""
    namespace: str = ""


class _Named(msgspec.Struct):
    metadata: _Metadata


class _Names(msgspec.Struct):
    items: list[_Named] = []


def contexts(ctx: click.Context, _parameter: click.Parameter, incomplete: str) -> list[str]:
    from bwtop.kube.kubeconfig import kubeconfig_files, read_contexts

    if demo := _flag(ctx, "demo"):
        return _fitting([f"demo-{demo}"], incomplete)
    try:
        found = read_contexts(kubeconfig_files(_flag(ctx, "kubeconfig"), os.environ))
    except KubeError:
        return []
    return _fitting(found.names, incomplete)


def files(_ctx: click.Context, _parameter: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """The shell knows them."""
    return [CompletionItem(incomplete, type="file")]


def namespaces(ctx: click.Context, _parameter: click.Parameter, incomplete: str) -> list[str]:
    async def ask(api: Api) -> Sequence[str]:
        return [name for _, name in await _names(api, "/api/v1/namespaces")]

    return _fitting(_asked(ctx, ask), incomplete)


def demos(_ctx: click.Context, _parameter: click.Parameter, incomplete: str) -> list[str]:
    from bwtop.demo.spec import cluster_names

    return _fitting(cluster_names(), incomplete)


def profiles(_ctx: click.Context, _parameter: click.Parameter, incomplete: str) -> list[str]:
    """Also those with mistakes: it is then said what is wrong."""
    from bwtop.cli.profile_files import profile_names

    try:
        return _fitting(sorted(profile_names()), incomplete)
    except OSError:
        return []


def themes(_ctx: click.Context, _parameter: click.Parameter, incomplete: str) -> list[str]:
    from textual.theme import BUILTIN_THEMES  # no other completion shall wait for Textual

    return _fitting(sorted(BUILTIN_THEMES), incomplete)


def pods(ctx: click.Context, _parameter: click.Parameter, incomplete: str) -> list[str]:
    """Those of the namespace that the flags and the context come to."""
    return _fitting(_asked(ctx, _pods_of(ctx)), incomplete)


def pods_of_kind(ctx: click.Context, _parameter: click.Parameter, incomplete: str) -> list[str]:
    """`pod/NAME`."""
    return _fitting([f"pod/{name}" for name in _asked(ctx, _pods_of(ctx))], incomplete)


def tables(_ctx: click.Context, _parameter: click.Parameter, incomplete: str) -> list[str]:
    return _fitting(TABLES, incomplete)


def names(ctx: click.Context, parameter: click.Parameter, incomplete: str) -> list[str]:
    """Of what `bwtop get` was told to get: endpoints are named as their pods are."""
    table = ctx.params.get("table")
    if table in ("pods", "pod", "po", "endpoints", "cep"):
        return pods(ctx, parameter, incomplete)
    if table in ("nodes", "node", "no"):

        async def ask(api: Api) -> Sequence[str]:
            return [name for _, name in await _names(api, "/api/v1/nodes")]

        return _fitting(_asked(ctx, ask), incomplete)
    return []


def _pods_of(ctx: click.Context) -> Callable[[Api], Awaitable[Sequence[str]]]:
    async def ask(api: Api) -> Sequence[str]:
        namespace = _flag(ctx, "namespace") or api.connection.namespace
        path = "/api/v1/pods" if _flag(ctx, "all_namespaces") else f"/api/v1/namespaces/{namespace}/pods"
        return [name for _, name in await _names(api, path)]

    return ask


async def _names(api: Api, path: str) -> list[tuple[str, str]]:
    body = await api.get(path, [("limit", MOST)])
    found = msgspec.json.decode(body, type=_Names)
    return [(item.metadata.namespace, item.metadata.name) for item in found.items]


def _asked(ctx: click.Context, ask: Callable[[Api], Awaitable[Sequence[str]]]) -> Sequence[str]:
    async def bounded(request: ConfigRequest) -> Sequence[str]:
        async with asyncio.timeout(_patience()):
            api = Api(await connect(request), request_timeout=_patience())
            try:
                return await ask(api)
            finally:
                await api.close()

    loop = asyncio.new_event_loop()
    try:
        with _demo_cluster(ctx) as kubeconfig:
            request = _request(ctx) if kubeconfig is None else ConfigRequest(kubeconfig=str(kubeconfig))
            return loop.run_until_complete(bounded(request))  # asyncio.run would wait for a credential plugin's thread
    except (KubeError, UsageError, TimeoutError, OSError, msgspec.MsgspecError):
        return []
    finally:
        loop.close()


@contextlib.contextmanager
def _demo_cluster(ctx: click.Context) -> Iterator[Path | None]:
    """The kubeconfig of the cluster of `--demo`, served meanwhile; None: the flag is not there."""
    if not (demo := _flag(ctx, "demo")):
        yield None
        return
    from bwtop.cli.session import demo_cluster

    with demo_cluster(demo) as kubeconfig:
        yield kubeconfig


def _request(ctx: click.Context) -> ConfigRequest:
    return ConfigRequest(
        kubeconfig=_flag(ctx, "kubeconfig"),
        context=_flag(ctx, "context"),
        cluster=_flag(ctx, "cluster"),
        user=_flag(ctx, "user"),
        as_user=_flag(ctx, "as_user"),
        as_groups=tuple(_flag(ctx, "as_groups") or ()),
        token=_flag(ctx, "token"),
        server=_flag(ctx, "server"),
        request_timeout=_patience(),
        insecure=bool(_flag(ctx, "insecure")),
        tls_server_name=_flag(ctx, "tls_server_name"),
    )


def _patience() -> float:
    try:
        return float(os.environ.get(PATIENCE, SECONDS))
    except ValueError:
        return SECONDS


def _flag(ctx: click.Context, name: str) -> Any:  # noqa: ANN401 - as click keeps it
    """Of the command, or of the program when it stands before the command's name."""
    found: click.Context | None = ctx
    while found is not None:
        if value := found.params.get(name):
            return value
        found = found.parent
    return None


def _fitting(found: Iterable[str], incomplete: str) -> list[str]:
    return [name for name in found if name.startswith(incomplete)]
