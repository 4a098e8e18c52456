"""Makes the pods that controllers want, from their templates, and another one where a pod has gone."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec

from bwtop.demo import pods
from bwtop.demo.kinds import DAEMON_SETS, PODS, REPLICA_SETS, STATEFUL_SETS, Kind
from bwtop.demo.manifests import Body, owner_reference
from bwtop.demo.naming import letters, some_letters
from bwtop.demo.spec import WorkloadSpec
from bwtop.demo.store import Stored

if TYPE_CHECKING:
    from bwtop.demo.world import World

REVISION = "controller-revision-hash"
"""Label of the pods of StatefulSets and DaemonSets: which template they were made from."""
_REPLACED_AFTER = 0.1
_MAKERS = {kind.kind: kind for kind in (REPLICA_SETS, STATEFUL_SETS, DAEMON_SETS)}


class Replicas:
    def __init__(self, world: World) -> None:
        self._world = world

    def replace(self, pod: Stored) -> None:
        """A pod has gone: its controller makes another of the same workload, unless it wants fewer by now."""
        workload = self._world.workloads.pop(pod.key, None)
        body = pod.body()
        owners = body["metadata"].get("ownerReferences")
        if workload is None or not owners or owners[0]["kind"] not in _MAKERS:
            return
        kind = _MAKERS[owners[0]["kind"]]
        self._world.agenda.after(_REPLACED_AFTER, lambda: self._replace(kind, owners[0]["name"], workload, body))

    def _replace(self, kind: Kind, name: str, workload: WorkloadSpec, gone: Body) -> None:
        namespace, pod = gone["metadata"]["namespace"], gone["metadata"]["name"]
        controller = self._world.store[kind].find(namespace, name)
        if controller is None or self._world.store[PODS].find(namespace, pod):
            return
        owner = controller.body()
        if kind is REPLICA_SETS and len(self.alive(owner)) >= owner["spec"]["replicas"]:
            return
        self.make(
            kind,
            owner,
            workload,
            name=pod if kind is STATEFUL_SETS else "",
            node=gone["spec"]["nodeName"] if kind is DAEMON_SETS else "",
        )

    def make(self, kind: Kind, owner: Body, workload: WorkloadSpec, *, name: str = "", node: str = "") -> None:
        """A pod as the owner's template says; without `name` it is made up."""
        world, template, namespace = self._world, owner["spec"]["template"], owner["metadata"]["namespace"]
        name = name or f"{owner['metadata']['name']}-{some_letters(world.random)}"
        labels = dict(template["metadata"].get("labels", {}))
        if kind is not REPLICA_SETS:
            labels[REVISION] = revision(template)
        world.workloads[namespace, name] = workload
        world.store.create(
            PODS,
            pods.pod(
                name,
                namespace=namespace,
                uid=world.uid(),
                created=world.timestamp(),
                spec={**template["spec"], **({"nodeName": node} if node else {})},
                labels=labels,
                annotations=template["metadata"].get("annotations") or {},
                owner=owner_reference(kind.kind, owner["metadata"]["name"], owner["metadata"]["uid"]),
            ),
        )

    def owned(self, kind: Kind, owner: Body) -> list[Body]:
        """Objects of this kind that have the owner, by name."""
        labels, uid = owner["spec"]["selector"]["matchLabels"].items(), owner["metadata"]["uid"]
        there = self._world.store[kind].within(owner["metadata"]["namespace"])
        found = [one.body() for one in there if labels <= one.labels.items()]
        return [body for body in found if any(ref["uid"] == uid for ref in body["metadata"].get("ownerReferences", []))]

    def alive(self, owner: Body) -> list[Body]:
        """The owner's pods that nobody has told to go."""
        return [pod for pod in self.owned(PODS, owner) if "deletionTimestamp" not in pod["metadata"]]


def revision(template: Body) -> str:
    """The same letters for the same template."""
    encoded: Any = msgspec.json.encode(template, order="deterministic")
    return letters(encoded.decode(), 10)
