import yaml

from cli.conftest import Bwtop


def test_roles_are_printed_for_kubectl(bwtop: Bwtop) -> None:
    found = bwtop("rbac", "editor", "-n", "shop", "--serviceaccount", "ops:bwtop", "--cilium-namespace", "cilium")
    assert (found.status, found.err) == (0, "")
    documents = list(yaml.safe_load_all(found.out))
    names = [(one["kind"], one["metadata"]["name"], one["metadata"].get("namespace")) for one in documents]
    whom = "serviceaccount:ops:bwtop"
    assert names == [
        ("ClusterRole", "bwtop-reader", None), ("ClusterRoleBinding", f"bwtop-reader:{whom}", None),
        ("Role", "bwtop-agents", "cilium"), ("RoleBinding", f"bwtop-agents:{whom}", "cilium"),
        ("Role", "bwtop-editor", "shop"), ("RoleBinding", f"bwtop-editor:{whom}", "shop"),
    ]  # fmt: skip
    assert documents[1]["subjects"] == [{"kind": "ServiceAccount", "name": "bwtop", "namespace": "ops"}]
    assert "&id" not in found.out


def test_mistakes_are_told(bwtop: Bwtop) -> None:
    assert "choose one of --user, --group" in bwtop("rbac", "reader", "--user", "a", "--group", "b").err
    assert "write NAMESPACE:NAME" in bwtop("rbac", "reader", "--serviceaccount", "bwtop").err
    assert bwtop("rbac", "admin").status == 2
