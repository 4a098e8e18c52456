"""Rolls pods when the template of their controller changes: one after the other, each replaced by a new one."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from bwtop.demo.kinds import DAEMON_SETS, DEPLOYMENTS, PODS, REPLICA_SETS, STATEFUL_SETS, Kind
from bwtop.demo.manifests import Body
from bwtop.demo.store import Change, Key, Stored

if TYPE_CHECKING:
    from bwtop.demo.world import World

STEP_SECONDS = 2.0
"""From the end of one pod to the end of the next."""


class Rollout:
    def __init__(self, world: World) -> None:
        self._world = world
        world.store[DEPLOYMENTS].subscribe(self._deployment_changed)
        for kind in (STATEFUL_SETS, DAEMON_SETS):
            world.store[kind].subscribe(self._controller_changed)

    def _deployment_changed(self, change: Change) -> None:
        """The Deployment's ReplicaSet takes the template over; a real cluster makes another ReplicaSet."""
        if not _has_new_template(change):
            return
        deployment = change.object.body()
        for found in self._owned(REPLICA_SETS, deployment):
            body = found.body()
            annotations = deployment["spec"]["template"]["metadata"].get("annotations") or {}
            body["spec"]["template"]["metadata"]["annotations"] = annotations
            self._world.store.update(REPLICA_SETS, body)
            self._roll(body)

    def _controller_changed(self, change: Change) -> None:
        if _has_new_template(change):
            self._roll(change.object.body())

    def _roll(self, controller: Body) -> None:
        pods = self._owned(PODS, controller)
        for number, pod in enumerate(sorted(pods, key=lambda pod: pod.name, reverse=True)):
            self._world.agenda.after(STEP_SECONDS * number, partial(self._end, pod.key))

    def _end(self, key: Key) -> None:
        stored = self._world.store[PODS].find(*key)
        if stored is None:
            return
        body = stored.body()
        if "deletionTimestamp" not in body["metadata"]:
            body["metadata"]["deletionTimestamp"] = self._world.timestamp()
            self._world.store.update(PODS, body)
            self._world.kubelet.remove(*key)

    def _owned(self, kind: Kind, owner: Body) -> list[Stored]:
        found = self._world.store[kind].within(owner["metadata"]["namespace"])
        uid = owner["metadata"]["uid"]
        return [one for one in found if any(ref["uid"] == uid for ref in _owners(one))]


def _owners(stored: Stored) -> list[Body]:
    owners: list[Body] = stored.body()["metadata"].get("ownerReferences") or []
    return owners


def _has_new_template(change: Change) -> bool:
    if change.type != "MODIFIED" or change.before is None:
        return False
    before, after = change.before.body()["spec"], change.object.body()["spec"]
    held = after.get("paused") or (after.get("updateStrategy") or {}).get("type") == "OnDelete"
    return before["template"] != after["template"] and not held
