"""The kubectl lines that show by hand what a row shows, and those that change it."""

from collections.abc import Iterator, Sequence
from shlex import quote

from bwtop.cilium.resources import Pod
from bwtop.live.plan import annotate_words
from bwtop.live.resources import AGENT_CONTAINER
from bwtop.live.store import Store
from bwtop.model.edit import REMOVAL, propose
from bwtop.model.rows import EndpointRow, LimitRow, NodeRow, PodRow
from bwtop.panels.row import Row

NEW_NAME = (1, 15)
"""From this Cilium on the program in the agent is `cilium-dbg`; it was `cilium` before."""


def kubectl_words(rows: Sequence[Row], store: Store) -> Iterator[str]:
    """What stands after `kubectl`, a line each; the first one changes nothing."""
    by_namespace: dict[str, list[PodRow]] = {}
    for row in rows:
        if isinstance(row, PodRow):
            by_namespace.setdefault(row.namespace, []).append(row)
        else:
            yield from _words(row, store)
    for namespace, pods in by_namespace.items():
        names = [row.pod for row in pods]
        yield f"-n {namespace} get pod {' '.join(names)} -o yaml"
        yield f"-n {namespace} get ciliumendpoint {' '.join(names)}"
        for node in dict.fromkeys(row.node for row in pods):
            yield from _in_agent(node, "bpf bandwidth list -o json", store)
        for proposal in (propose("10M"), REMOVAL):
            yield annotate_words(namespace, names, proposal)


def _words(row: NodeRow | EndpointRow | LimitRow, store: Store) -> Iterator[str]:
    match row:
        case NodeRow():
            yield f"get node {quote(row.node)} -o wide"
            yield f"get ciliumnode {quote(row.node)} -o yaml"
            yield from _in_agent(row.node, "status -o json", store)
            yield from _in_agent(row.node, "bpf bandwidth list -o json", store)
        case EndpointRow():
            yield f"-n {row.namespace} get ciliumendpoint {quote(row.name)} -o yaml"
            if row.endpoint_id is not None:
                yield from _in_agent(row.node or "", f"endpoint get {row.endpoint_id}", store)
        case LimitRow():
            yield from _in_agent(row.node, "bpf bandwidth list -o json", store)
            yield from _in_agent(row.node, f"endpoint get {row.endpoint_id}", store)
            if row.pod:
                yield f"-n {row.namespace} get pod {row.pod} -o yaml"


def _in_agent(node: str, words: str, store: Store) -> Iterator[str]:
    """In the agent of that node, never in `ds/cilium`: that is any of them."""
    agent: Pod | None = store.objects.agents.get(node)
    if agent is None:
        return
    row = store.nodes.get(node)
    program = "cilium" if row and row.agent_version and _version(row.agent_version) < NEW_NAME else "cilium-dbg"
    yield f"-n {agent.namespace} exec {agent.name} -c {AGENT_CONTAINER} -- {program} {words}"


def _version(text: str) -> tuple[int, ...]:
    parts = text.lstrip("v").split(".")[:2]
    return tuple(int(part) for part in parts) if all(part.isdecimal() for part in parts) else NEW_NAME
