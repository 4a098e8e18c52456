from collections.abc import Iterator, Sequence

import pytest

from bwtop.live.rights import rights
from bwtop.model.roles import Manifest, Task, manifests

ANA: Manifest = {"kind": "User", "name": "ana"}


def made(task: Task, *namespaces: str, subject: Manifest | None = None) -> Sequence[Manifest]:
    return list(manifests(task, namespaces=namespaces, cilium_namespace="cilium", subject=subject))


def allows(roles: Sequence[Manifest], *, verb: str, group: str, resource: str, namespace: str) -> bool:
    def rules() -> Iterator[dict[str, list[str]]]:
        for role in roles:
            if role["kind"] == "ClusterRole" or (role["kind"] == "Role" and role["metadata"]["namespace"] == namespace):
                yield from role["rules"]

    return any(
        group in rule["apiGroups"] and resource in rule["resources"] and verb in rule["verbs"] for rule in rules()
    )


def test_editor_and_netperf_may_do_all_that_bwtop_does() -> None:
    roles = [*made(Task.EDITOR, "shop"), *made(Task.NETPERF, "shop")]
    for right in rights(namespace="shop", cilium_namespace="cilium"):
        for verb in right.verbs:
            assert allows(roles, verb=verb, group=right.group, resource=right.resource, namespace=right.namespace)


@pytest.mark.parametrize("task", Task)
def test_nobody_may_do_what_the_task_does_not_need(task: Task) -> None:
    for namespaces in ((), ("shop",)):
        roles = made(task, *namespaces)
        for namespace in ("shop", "other", "cilium"):
            patches = allows(roles, verb="patch", group="", resource="pods", namespace=namespace)
            assert patches is (task is Task.EDITOR and (not namespaces or namespace == "shop"))
            creates = allows(roles, verb="create", group="", resource="pods", namespace=namespace)
            assert creates is (task is Task.NETPERF and (not namespaces or namespace == "shop"))
        assert not any("*" in words for role in roles for rule in role["rules"] for words in rule.values())
        assert not any("secrets" in rule["resources"] for role in roles for rule in role["rules"])


def test_roles_are_bound_to_whom_is_named_and_to_nobody_else() -> None:
    assert {role["kind"] for role in made(Task.READER)} == {"ClusterRole", "Role"}
    bound = made(Task.EDITOR, "shop", "batch", subject=ANA)
    bindings = [one for one in bound if one["kind"].endswith("Binding")]
    assert [(one["kind"], one["metadata"].get("namespace")) for one in bindings] == [
        ("ClusterRoleBinding", None), ("RoleBinding", "cilium"), ("RoleBinding", "shop"), ("RoleBinding", "batch"),
    ]  # fmt: skip
    assert all(one["subjects"] == [ANA] for one in bindings)


@pytest.mark.parametrize(
    ("subject", "name"),
    [
        (ANA, "bwtop-reader:user:ana"),
        ({"kind": "Group", "name": "ana"}, "bwtop-reader:group:ana"),
        ({"kind": "ServiceAccount", "namespace": "ops", "name": "ana"}, "bwtop-reader:serviceaccount:ops:ana"),
        ({"kind": "Group", "name": "oidc:/a%b=2F"}, "bwtop-reader:group:oidc:=2Fa=25b=3D2F"),
    ],
)
def test_each_subject_has_bindings_of_its_own(subject: Manifest, name: str) -> None:
    binding = next(one for one in made(Task.READER, subject=subject) if one["kind"] == "ClusterRoleBinding")
    assert (binding["metadata"]["name"], binding["roleRef"]["name"]) == (name, "bwtop-reader")
