"""Rolls pods when the template of their controller changes: new for old, in steps that wait for each other."""

from __future__ import annotations

import copy
import math
from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING

from bwtop.demo.kinds import DAEMON_SETS, DEPLOYMENTS, PODS, REPLICA_SETS, STATEFUL_SETS, Kind
from bwtop.demo.manifests import Body, controller, owner_reference
from bwtop.demo.pods import is_ready
from bwtop.demo.replicas import REVISION, revision
from bwtop.demo.spec import WorkloadSpec
from bwtop.demo.store import Change, Key
from bwtop.demo.workload_status import daemon_set_status, deployment_status, stateful_set_status

if TYPE_CHECKING:
    from bwtop.demo.world import World

HASH = "pod-template-hash"
DEADLINE = 600.0
"""Seconds without progress after which a Deployment says that it is stuck, where it does not say itself."""


class Rollout:
    """What Kubernetes' controllers of Deployments, StatefulSets and DaemonSets do, one step a change of a pod."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._first: dict[tuple[Kind, Key], str] = {}
        """Revision of the pods that were there before any rollout."""
        self._workloads: dict[Key, Sequence[WorkloadSpec]] = {}
        """By Deployment: what each of its pods is one of."""
        self._due: set[tuple[Kind, Key]] = set()
        self._running: dict[tuple[Kind, Key], int] = {}
        """Controllers whose pods are not yet as they are wanted, and how much they have got done."""
        for kind in (DEPLOYMENTS, STATEFUL_SETS, DAEMON_SETS):
            world.store[kind].subscribe(partial(self._changed, kind))
        world.store[PODS].subscribe(self._pod_changed)

    def _changed(self, kind: Kind, change: Change) -> None:
        if change.type != "MODIFIED" or change.before is None:
            return
        before, after = change.before.body()["spec"], change.object.body()["spec"]
        if before != after:
            self._first.setdefault((kind, change.object.key), revision(before["template"]))
            self._begin(kind, change.object.key)

    def _begin(self, kind: Kind, key: Key) -> None:
        self._running[kind, key] = 0
        self._await_progress(kind, key)
        self._soon(kind, key)

    def _pod_changed(self, change: Change) -> None:
        for kind, key in self._running:
            if key[0] == change.object.namespace:
                self._soon(kind, key)

    def _soon(self, kind: Kind, key: Key) -> None:
        """After all who hear of the same change have done their part."""
        if (kind, key) not in self._due:
            self._due.add((kind, key))
            self._world.agenda.after(0.0, partial(self._step, kind, key))

    def _step(self, kind: Kind, key: Key) -> None:
        self._due.discard((kind, key))
        stored = self._world.store[kind].find(*key)
        if stored is None or (kind, key) not in self._running:
            return
        body = stored.body()
        match kind:
            case _ if kind is DEPLOYMENTS:
                self._step_deployment(body)
            case _ if kind is STATEFUL_SETS:
                self._step_stateful_set(body)
            case _:
                self._step_daemon_set(body)

    def _report(self, kind: Kind, body: Body, status: Body, *, done: int, finished: bool) -> None:
        """`done`: a number that grows with every bit of progress."""
        metadata = body["metadata"]
        key = (metadata["namespace"], metadata["name"])
        if finished:
            del self._running[kind, key]
        elif done > self._running[kind, key]:
            self._running[kind, key] = done
            self._await_progress(kind, key)
        body["status"] = {**status, "observedGeneration": metadata["generation"]}
        self._world.store.update(kind, body)

    # -- Deployments ----------------------------------------------------------------------------------------------
    def _step_deployment(self, body: Body) -> None:
        if not body["spec"].get("paused"):
            new = self._new_replica_set(body)
            sets = self._world.replicas.owned(REPLICA_SETS, body)
            old = [each for each in sets if each["metadata"]["uid"] != new["metadata"]["uid"]]
            self._grow(body, new, old)
            self._shrink(body, new, old)
        sets = self._world.replicas.owned(REPLICA_SETS, body)
        pods = [(pod, _is_of(each, body)) for each in sets for pod in self._world.replicas.alive(each)]
        updated = [pod for pod, is_new in pods if is_new]
        wanted = _replicas(body)
        ready = sum(is_ready(pod) for pod, _ in pods)
        finished = len(updated) == len(pods) == ready == wanted
        status = deployment_status(body, [pod for pod, _ in pods], updated, now=self._world.timestamp(), done=finished)
        done = len(updated) + sum(map(is_ready, updated)) + wanted - (len(pods) - len(updated))
        self._report(DEPLOYMENTS, body, status, done=done, finished=finished)

    def _new_replica_set(self, deployment: Body) -> Body:
        """The one of the Deployment's template, made where there is none yet."""
        template, metadata = copy.deepcopy(deployment["spec"]["template"]), deployment["metadata"]
        for found in self._world.replicas.owned(REPLICA_SETS, deployment):
            if _is_of(found, deployment):
                return found
        mark = revision(template)
        labels = {**template["metadata"]["labels"], HASH: mark}
        template["metadata"]["labels"] = labels
        made = controller(
            kind="ReplicaSet",
            name=f"{metadata['name']}-{mark}",
            namespace=metadata["namespace"],
            uid=self._world.uid(),
            created=self._world.timestamp(),
            replicas=0,
            labels=labels,
            template=template,
            owner=owner_reference("Deployment", metadata["name"], metadata["uid"]),
        )
        return self._world.store.create(REPLICA_SETS, made).body()

    def _grow(self, deployment: Body, new: Body, old: Sequence[Body]) -> None:
        replicas, wanted = self._world.replicas, _replicas(deployment)
        there = replicas.alive(new)
        others = [pod for each in old for pod in self._others(deployment, each)]
        room = wanted + _surge(deployment) - len(there) - len(others)
        count = max(0, min(room, wanted - len(there)))
        self._scale(new, len(there) + count)
        workloads = self._workloads_of(deployment, others)
        for number in range(len(there), len(there) + count):
            replicas.make(REPLICA_SETS, new, workloads[number % len(workloads)])

    def _others(self, deployment: Body, replica_set: Body) -> Sequence[Body]:
        """Old pods that stand in the way of new ones: with Recreate also those that are going."""
        replicas = self._world.replicas
        return replicas.owned(PODS, replica_set) if _recreates(deployment) else replicas.alive(replica_set)

    def _workloads_of(self, deployment: Body, pods: Sequence[Body]) -> Sequence[WorkloadSpec]:
        metadata = deployment["metadata"]
        key = (metadata["namespace"], metadata["name"])
        found = [self._world.workloads.get((key[0], pod["metadata"]["name"])) for pod in pods]
        known = self._workloads.setdefault(key, [each for each in found if each])
        return known or [WorkloadSpec(name=key[1])]

    def _shrink(self, deployment: Body, new: Body, old: Sequence[Body]) -> None:
        """Old pods that are not ready go at once, others as far as enough are left."""
        replicas, wanted = self._world.replicas, _replicas(deployment)
        ready = sum(map(is_ready, replicas.alive(new)))
        pods = [(pod, each) for each in old for pod in replicas.alive(each)]
        spare = wanted if _recreates(deployment) else wanted // 4
        expendable = ready + sum(is_ready(pod) for pod, _ in pods) - (wanted - spare)
        for pod, replica_set in sorted(pods, key=lambda each: is_ready(each[0])):
            if is_ready(pod):
                expendable -= 1
                if expendable < 0:
                    return
            self._scale(replica_set, len(replicas.alive(replica_set)) - 1)
            self._end(pod)

    def _scale(self, replica_set: Body, count: int) -> None:
        body = (
            self._world.store[REPLICA_SETS]
            .get(replica_set["metadata"]["namespace"], replica_set["metadata"]["name"])
            .body()
        )
        body["spec"]["replicas"] = body["status"]["replicas"] = count
        self._world.store.update(REPLICA_SETS, body)

    # -- StatefulSets and DaemonSets ------------------------------------------------------------------------------
    def _step_stateful_set(self, body: Body) -> None:
        """From the highest number down, each when those above it are ready again."""
        pods, wanted = self._world.replicas.alive(body), _replicas(body)
        mark, partition = revision(body["spec"]["template"]), _partition(body)
        by_number = {int(pod["metadata"]["name"].rpartition("-")[2]): pod for pod in pods}
        for number in [] if _on_delete(body) else range(wanted - 1, partition - 1, -1):
            pod = by_number.get(number)
            if pod and self._revision(STATEFUL_SETS, body, pod) != mark:
                self._end(pod)
                break
            if pod is None or not is_ready(pod):
                break
        pods = self._world.replicas.alive(body)
        updated = [pod for pod in pods if self._revision(STATEFUL_SETS, body, pod) == mark]
        ready = sum(map(is_ready, pods))
        finished = len(updated) == ready == wanted or (partition > 0 and len(updated) == wanted - partition)
        status = stateful_set_status(body, pods, updated, update=mark, current=self._first_of(STATEFUL_SETS, body))
        self._report(STATEFUL_SETS, body, status, done=len(updated) + ready, finished=finished and ready == wanted)

    def _step_daemon_set(self, body: Body) -> None:
        """One after the other; those that are not ready first."""
        pods, mark = self._world.replicas.alive(body), revision(body["spec"]["template"])
        wanted = len(self._world.nodes)
        old = [pod for pod in pods if self._revision(DAEMON_SETS, body, pod) != mark]
        if old and not _on_delete(body):
            first = min(old, key=is_ready)
            if not is_ready(first) or sum(map(is_ready, pods)) == wanted:
                self._end(first)
        pods = self._world.replicas.alive(body)
        updated = [pod for pod in pods if self._revision(DAEMON_SETS, body, pod) == mark]
        ready = sum(map(is_ready, pods))
        status = daemon_set_status(pods, updated, wanted=wanted)
        self._report(DAEMON_SETS, body, status, done=len(updated) + ready, finished=len(updated) == ready == wanted)

    def _revision(self, kind: Kind, owner: Body, pod: Body) -> str:
        found: str = pod["metadata"].get("labels", {}).get(REVISION) or self._first_of(kind, owner)
        return found

    def _first_of(self, kind: Kind, owner: Body) -> str:
        return self._first[kind, (owner["metadata"]["namespace"], owner["metadata"]["name"])]

    # -- both -----------------------------------------------------------------------------------------------------
    def _end(self, pod: Body) -> None:
        metadata = pod["metadata"]
        metadata["deletionTimestamp"] = self._world.timestamp()
        self._world.store.update(PODS, pod)
        self._world.kubelet.remove(metadata["namespace"], metadata["name"])

    def _await_progress(self, kind: Kind, key: Key) -> None:
        """A Deployment that gets nowhere for too long says so, and goes on trying."""
        stored = self._world.store[kind].find(*key)
        if stored is None or kind is not DEPLOYMENTS:
            return
        deadline, done = stored.body()["spec"].get("progressDeadlineSeconds", DEADLINE), self._running[kind, key]

        def check() -> None:
            if self._running.get((kind, key)) == done and (late := self._world.store[kind].find(*key)):
                body = late.body()
                name = self._new_replica_set(body)["metadata"]["name"]
                progressing = next(each for each in body["status"]["conditions"] if each["type"] == "Progressing")
                message = f'ReplicaSet "{name}" has timed out progressing.'
                progressing |= {"status": "False", "reason": "ProgressDeadlineExceeded", "message": message}
                self._world.store.update(kind, body)

        self._world.agenda.after(deadline, check)


def _is_of(replica_set: Body, deployment: Body) -> bool:
    """Whether it makes pods as the Deployment wants them now."""
    template = copy.deepcopy(replica_set["spec"]["template"])
    template["metadata"]["labels"].pop(HASH, None)
    wanted = copy.deepcopy(deployment["spec"]["template"])
    for each in (template, wanted):
        each["metadata"] = {key: value for key, value in each["metadata"].items() if value}
    return bool(template == wanted)


def _replicas(body: Body) -> int:
    count: int = body["spec"].get("replicas", 1)
    return count


def _recreates(deployment: Body) -> bool:
    return bool((deployment["spec"].get("strategy") or {}).get("type") == "Recreate")


def _surge(deployment: Body) -> int:
    """A quarter, rounded up, as where nobody says anything."""
    return 0 if _recreates(deployment) else math.ceil(_replicas(deployment) / 4)


def _on_delete(body: Body) -> bool:
    return bool((body["spec"].get("updateStrategy") or {}).get("type") == "OnDelete")


def _partition(body: Body) -> int:
    strategy = body["spec"].get("updateStrategy") or {}
    return int((strategy.get("rollingUpdate") or {}).get("partition", 0))
