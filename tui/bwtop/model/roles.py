"""What a user of bwtop must be allowed, as manifests of Kubernetes' RBAC: nothing that bwtop does not use."""

from collections.abc import Iterator, Mapping, Sequence
from enum import Enum
from typing import Any, Final

Manifest = Mapping[str, Any]
Rule = dict[str, list[str]]
GROUP: Final = "rbac.authorization.k8s.io"
_ESCAPES: Final = {"/": "=2F", "%": "=25", "=": "=3D"}


class Task(Enum):
    """Each includes those before it, but for `netperf`, which edits nothing."""

    READER = "reader"
    EDITOR = "editor"
    NETPERF = "netperf"


def _rule(group: str, resources: str, verbs: str, **more: list[str]) -> Rule:
    return {"apiGroups": [group], "resources": resources.split(), "verbs": verbs.split(), **more}


_EVERYWHERE: Final = (
    _rule("", "pods nodes namespaces", "get list watch"),
    _rule("", "events", "list"),
    _rule("cilium.io", "ciliumendpoints ciliumnodes", "get list watch"),
    _rule("cilium.io", "ciliumnetworkpolicies ciliumclusterwidenetworkpolicies", "list"),
    _rule("apps", "replicasets", "get"),
    _rule("batch", "jobs", "get"),
)
"""The tables, the detail of a row and explain."""
_AT_CILIUM: Final = (
    _rule("", "pods/exec", "get create"),
    _rule("", "configmaps", "get", resourceNames=["cilium-config"]),
    _rule("apps", "daemonsets deployments", "list"),
    _rule("cilium.io", "ciliumnodeconfigs", "list"),
)
"""Where the agents run: their maps and status, and what the doctor looks at."""
_EDITING: Final = (
    _rule("", "pods", "get patch"),
    _rule("apps", "deployments statefulsets daemonsets", "get patch"),
    _rule("apps", "replicasets", "get"),
    _rule("batch", "jobs", "get"),
    _rule("batch", "cronjobs", "get patch"),
)
"""Limits of pods and, with --template, of what owns them."""
_TESTING: Final = (
    _rule("", "pods", "get list watch create delete"),
    _rule("", "pods/exec", "get create"),
    _rule("", "pods/ephemeralcontainers", "patch"),
)


def manifests(
    task: Task, *, namespaces: Sequence[str], cilium_namespace: str, subject: Manifest | None
) -> Iterator[Manifest]:
    """`namespaces` are those whose pods may be edited or tested (none: all); `subject` None: no bindings."""
    yield from _granted("bwtop-reader", _EVERYWHERE, "", subject)
    yield from _granted("bwtop-agents", _AT_CILIUM, cilium_namespace, subject)
    rules = {Task.READER: (), Task.EDITOR: _EDITING, Task.NETPERF: _TESTING}[task]
    for namespace in (namespaces or [""]) if rules else ():
        yield from _granted(f"bwtop-{task.value}", rules, namespace, subject)


def _granted(name: str, rules: Sequence[Rule], namespace: str, subject: Manifest | None) -> Iterator[Manifest]:
    """A role, cluster-wide without a namespace, and who has it."""
    scope = {"namespace": namespace} if namespace else {}
    metadata = {"name": name, **scope, "labels": {"app.kubernetes.io/name": "bwtop"}}
    kind = "Role" if namespace else "ClusterRole"
    yield {"apiVersion": f"{GROUP}/v1", "kind": kind, "metadata": metadata, "rules": list(rules)}
    if subject:
        role = {"apiGroup": GROUP, "kind": kind, "name": name}
        bound = {**metadata, "name": f"{name}:{_named(subject)}"}
        binding = {"apiVersion": f"{GROUP}/v1", "kind": f"{kind}Binding", "metadata": bound}
        yield {**binding, "roleRef": role, "subjects": [dict(subject)]}


def _named(subject: Manifest) -> str:
    """`user:ana`, one for each subject: a second `kubectl apply` of one name would take it from the first.

    RBAC takes all but `/` and `%` in a name.
    """
    parts = (subject["kind"].lower(), subject.get("namespace", ""), subject["name"])
    return "".join(_ESCAPES.get(letter, letter) for letter in ":".join(filter(None, parts)))
