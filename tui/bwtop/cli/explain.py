"""`bwtop explain`: why the limit of a pod is, or is not, in force."""

import asyncio
from typing import Any

import click
from msgspec.structs import replace

from bwtop.cli import candidates
from bwtop.cli.checks import FORMATS, exit_by, render_checks, render_document, render_sentence
from bwtop.cli.errors import UsageError, guarded
from bwtop.cli.flags import Target, read_target, target_flags
from bwtop.cli.session import Session, configured, opened
from bwtop.kube.config import ConfigRequest
from bwtop.kube.errors import KubeError
from bwtop.live.doctor import agents_namespace, remedies_of
from bwtop.live.explain import explain as explained
from bwtop.live.explain import look_at, read_surroundings
from bwtop.live.snapshot import Snapshot
from bwtop.model.document import explanation_document
from bwtop.model.explanation import Explanation


@click.command(short_help="Why a pod's limit is, or is not, in force.")
@click.argument("pod", metavar="pod/NAME", shell_complete=candidates.pods_of_kind)
@click.option(
    "--peer",
    metavar="POD",
    shell_complete=candidates.pods,
    help="Explain what the pod sends to this one: NAME, or NAMESPACE/NAME.",
)
@click.option("-o", "--output", type=click.Choice(FORMATS), default="table", show_default=True, help="Output format.")
@target_flags
def explain(pod: str, peer: str | None, output: str, **flags: Any) -> None:  # noqa: ANN401
    """Say why the limit of a pod is, or is not, in force.

    A list of checks with their evidence, from the annotation to the device, and what follows from them. Changes
    nothing. Exit 0: nothing keeps the limit from being in force; 1: something does; 2: that could not be told.
    """
    target = read_target(flags)
    with guarded(debug=target.debug), configured(target) as request:
        found = asyncio.run(_explain(_name(pod), peer and _name(peer), target, request))
    if output == "table":
        click.echo(render_sentence(found.finding, found.conclusion))
        click.echo(render_checks([replace(check, objects=()) for check in found.checks]), nl=False)
    else:
        click.echo(render_document(explanation_document(found), output), nl=False)
    exit_by(found.checks)


async def _explain(pod: str, peer: str | None, target: Target, request: ConfigRequest) -> Explanation:
    async with opened(target, request) as session:
        namespace = session.namespace or session.api.connection.namespace
        key = _key(pod, namespace)
        others = [_key(peer, namespace)] if peer else []
        if key in others:
            raise UsageError(f"{'/'.join(key)} is its own peer; name another pod")
        return await _explained(session, key, *others)


async def _explained(session: Session, key: tuple[str, str], *others: tuple[str, str]) -> Explanation:
    api = session.api
    snapshot = Snapshot(api, cilium_namespace=session.cilium_namespace, cilium_selector=session.profile.cilium_selector)
    await look_at(snapshot, api, key, *others)
    store = snapshot.store
    cilium_namespace = agents_namespace(store, session.cilium_namespace)
    surroundings = await read_surroundings(
        api,
        namespace=key[0],
        cilium_namespace=cilium_namespace,
        cilium_selector=session.profile.cilium_selector,
    )
    remedies = remedies_of(api.connection, surroundings.configuration, cilium_namespace)
    peer = "/".join(others[0]) if others else None
    found = explained(store, "/".join(key), peer=peer, surroundings=surroundings, remedies=remedies)
    if found is None:
        raise KubeError(f"pod {'/'.join(key)} is gone")
    return found


def _name(text: str) -> str:
    """`pod/NAME` as kubectl writes it, or the bare name."""
    kind, _, name = text.partition("/")
    return name if kind in ("pod", "pods", "po") and name else text


def _key(name: str, namespace: str) -> tuple[str, str]:
    given, _, plain = name.rpartition("/")
    return given or namespace, plain
