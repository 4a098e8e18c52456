"""Create, patch and delete, with dry-run, conflicts and the checks that Kubernetes makes."""

from collections.abc import Mapping
from typing import Any

import msgspec

from bwtop.demo import fields, pods
from bwtop.demo.errors import (
    StatusError,
    already_exists,
    bad_request,
    conflict,
    invalid,
    method_not_allowed,
    not_found,
    unsupported_media_type,
)
from bwtop.demo.kinds import NAMESPACES, PODS
from bwtop.demo.naming import some_letters
from bwtop.demo.patch import ACCEPTED, JSON_PATCH, apply_json_patch, merged
from bwtop.demo.requests import Query, Target, json_object, number
from bwtop.demo.shapes import check_shape
from bwtop.demo.store import Stored, encode
from bwtop.demo.world import World

Body = dict[str, Any]
ANNOTATIONS_LIMIT = 256 * 1024
"""Bytes of all annotations of an object."""
EPHEMERAL = "ephemeralcontainers"
"""The one way to add a container to a pod that is there."""


class Writer:
    def __init__(self, world: World) -> None:
        self._world = world

    def create(self, target: Target, body: bytes, query: Query, *, user_agent: str) -> Stored:
        """Makes a pod; raises StatusError 400, 404, 405, 409 or 422."""
        world = self._world
        if target.kind is not PODS or not target.namespace:
            raise method_not_allowed()
        dry = _dry_run(query, "CreateOptions")
        wanted = json_object(body)
        if not world.store[NAMESPACES].find("", target.namespace):
            raise not_found(NAMESPACES, target.namespace)
        check_shape(PODS, {"metadata": {}, **wanted})
        made = self._new_pod(wanted, target.namespace)
        manager = fields.manager(asked=query.get("fieldManager", ""), user_agent=user_agent)
        fields.track({"metadata": {}}, made, manager=manager, api_version="v1", time=world.timestamp())
        if world.store[PODS].find(target.namespace, made["metadata"]["name"]):
            raise already_exists(PODS, made["metadata"]["name"])
        return encode(made, version=0) if dry else world.store.create(PODS, made)

    def patch(self, target: Target, body: bytes, query: Query, *, media: str, user_agent: str) -> Stored:
        """Raises StatusError 404, 409 (another resourceVersion), 415, 422 (failed `test`, forbidden change)."""
        if media not in ACCEPTED:
            raise unsupported_media_type(media, ", ".join(ACCEPTED))
        dry = _dry_run(query, "PatchOptions")
        stored = self._world.store[target.kind].get(target.namespace, target.name)
        before = stored.body()
        after = _patched({**target.kind.head, **before}, body, media)
        if target.subresource == EPHEMERAL:
            after = _with_ephemeral(before, after)
        self._check(target, before, after)
        if target.subresource != "status" and target.kind is PODS:
            after["status"] = before["status"]
        manager = fields.manager(asked=query.get("fieldManager", ""), user_agent=user_agent)
        fields.track(
            {**target.kind.head, **before},
            after,
            manager=manager,
            api_version=target.kind.api_version,
            time=self._world.timestamp(),
        )
        after = {key: value for key, value in after.items() if key not in ("kind", "apiVersion")}
        if "generation" in before["metadata"] and after.get("spec") != before.get("spec"):
            after["metadata"]["generation"] = before["metadata"]["generation"] + 1
        if after["metadata"].get("resourceVersion", "") not in ("", str(stored.version)):
            raise conflict(target.kind, target.name)
        if dry:
            return encode(after, version=stored.version)
        stored = self._world.store.update(target.kind, after)
        if target.subresource == EPHEMERAL:
            self._world.kubelet.attach(stored)
        return stored

    def delete(self, target: Target, body: bytes, query: Query) -> Stored:
        """Tells a pod to go: it is Terminating, then gone; at once with a grace period of 0."""
        if target.kind is not PODS or not target.name:
            raise method_not_allowed()
        world = self._world
        options = json_object(body) if body.strip() else {}
        stored = world.store[PODS].get(target.namespace, target.name)
        pod = stored.body()
        _check_preconditions(options.get("preconditions") or {}, stored, pod)
        wanted = options.get("gracePeriodSeconds", 30)
        grace = number(query, "gracePeriodSeconds") if "gracePeriodSeconds" in query else wanted
        if _dry_run(query, "DeleteOptions") or options.get("dryRun"):
            return stored
        if not grace or not stored.node:
            return world.store.delete(PODS, target.namespace, target.name)
        pod["metadata"].setdefault("deletionTimestamp", world.timestamp(-grace))
        pod["metadata"]["deletionGracePeriodSeconds"] = grace
        world.kubelet.remove(target.namespace, target.name)
        return world.store.update(PODS, pod)

    def _new_pod(self, wanted: Body, namespace: str) -> Body:
        world, metadata, spec = self._world, wanted.get("metadata") or {}, dict(wanted.get("spec") or {})
        name = metadata.get("name") or ""
        if not name and metadata.get("generateName"):
            name = metadata["generateName"] + some_letters(world.random)
        if not name:
            raise invalid(PODS, "", field="metadata.name", problem="Required value: name or generateName is required")
        if metadata.get("namespace", namespace) != namespace:
            raise bad_request("the namespace of the provided object does not match the namespace sent on the request")
        if not spec.get("containers"):
            raise invalid(PODS, name, field="spec.containers", problem="Required value")
        spec = {"restartPolicy": "Always", "terminationGracePeriodSeconds": 30, "dnsPolicy": "ClusterFirst", **spec}
        made = pods.pod(
            name,
            namespace=namespace,
            uid=world.uid(),
            created=world.timestamp(),
            spec=spec,
            labels=metadata.get("labels") or {},
            annotations=metadata.get("annotations") or {},
            owner=None,
        )
        if metadata.get("ownerReferences"):
            made["metadata"]["ownerReferences"] = metadata["ownerReferences"]
        return made

    def _check(self, target: Target, before: Body, after: Body) -> None:
        check_shape(target.kind, after)
        old, new = before["metadata"], after["metadata"]
        if new.get("name") != old["name"]:
            raise bad_request(
                f"the name of the object ({new.get('name')}) does not match the name on the URL ({old['name']})"
            )
        if new.get("uid", old["uid"]) != old["uid"]:
            raise invalid(target.kind, target.name, field="metadata.uid", problem="Invalid value: field is immutable")
        if _size(new.get("annotations")) > ANNOTATIONS_LIMIT:
            raise invalid(
                target.kind,
                target.name,
                field="metadata.annotations",
                problem=f"Too long: may not be more than {ANNOTATIONS_LIMIT} bytes",
            )
        same = target.subresource == EPHEMERAL or _fixed(before["spec"]) == _fixed(after.get("spec") or {})
        if target.kind is PODS and not same:
            raise invalid(
                target.kind,
                target.name,
                field="spec",
                problem=(
                    "Forbidden: pod updates may not change fields other than `spec.containers[*].image`,"
                    "`spec.initContainers[*].image`,`spec.activeDeadlineSeconds`,`spec.tolerations` "
                    "(only additions to existing tolerations),`spec.terminationGracePeriodSeconds` "
                    "(allow it to be set to 1 if it was previously negative)"
                ),
            )


def _patched(before: Body, body: bytes, media: str) -> Body:
    try:
        patch = msgspec.json.decode(body)
    except msgspec.DecodeError as error:
        raise bad_request(f"error decoding patch: {error}") from None
    found: Body = apply_json_patch(before, patch) if media == JSON_PATCH else merged(before, patch)
    if not isinstance(found, dict):
        raise bad_request("the patched object is no object")
    return found


def _with_ephemeral(before: Body, after: Body) -> Body:
    """Only containers are added, to those that are there: by name, as a strategic merge does it."""
    there = before["spec"].get("ephemeralContainers") or []
    names = {container["name"] for container in there}
    added = [each for each in after["spec"].get("ephemeralContainers") or [] if each["name"] not in names]
    return {**before, "spec": {**before["spec"], "ephemeralContainers": [*there, *added]}}


def _check_preconditions(wanted: Mapping[str, str], stored: Stored, pod: Body) -> None:
    uid, version = wanted.get("uid"), wanted.get("resourceVersion")
    if uid not in (None, pod["metadata"]["uid"]) or version not in (None, str(stored.version)):
        raise conflict(PODS, stored.name)


def _size(annotations: Mapping[str, str] | None) -> int:
    return sum(len(key.encode()) + len(text.encode()) for key, text in (annotations or {}).items())


def _fixed(spec: Body) -> Body:
    """What of a pod's spec may not change."""
    open_fields = ("activeDeadlineSeconds", "tolerations", "terminationGracePeriodSeconds")
    found = {key: value for key, value in spec.items() if key not in open_fields}
    found["containers"] = [
        {key: value for key, value in container.items() if key != "image"} for container in spec.get("containers", [])
    ]
    return found


def _dry_run(query: Query, options: str) -> bool:
    text = query.get("dryRun", "")
    if text not in ("", "All"):
        raise StatusError(
            422,
            "Invalid",
            (
                f'{options}.meta.k8s.io "" is invalid: dryRun: Unsupported value: []string{{"{text}"}}: '
                'supported values: "All"'
            ),
        )
    return text == "All"
