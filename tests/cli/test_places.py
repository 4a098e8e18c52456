"""Which flags count for which context, and where a session stays when the kubeconfig moves on."""

import contextlib
from dataclasses import replace
from pathlib import Path

import pytest
import yaml

from bwtop.cli.errors import UsageError
from bwtop.cli.flags import Target
from bwtop.cli.places import DemoPlaces, KubeconfigPlaces
from bwtop.kube.config import ConfigRequest, connect
from bwtop.kube.errors import ConfigError
from bwtop.model.place import Contexts, Place


def write(path: Path, *, current: str) -> str:
    names = ("prod", "staging")
    config = {
        "current-context": current,
        "contexts": [{"name": name, "context": {"cluster": name, "user": name}} for name in names],
        "clusters": [{"name": name, "cluster": {"server": f"https://{name}.example"}} for name in names],
        "users": [{"name": name, "user": {"token": f"{name}-token"}} for name in names],
    }
    path.write_text(yaml.safe_dump(config))
    return str(path)


def target(demo: str | None = None, namespace: str | None = None, **flags: object) -> Target:
    return Target(
        request=replace(ConfigRequest(), **flags), demo=demo, namespace=namespace, all_namespaces=False, selector="",
        cilium_namespace=None, request_timeout=60.0, debug=False, profile=None,
    )  # fmt: skip


async def test_a_session_stays_where_it_began_when_somebody_changes_the_current_context(tmp_path: Path) -> None:
    path = write(tmp_path / "config", current="prod")
    places = KubeconfigPlaces(target(kubeconfig=path, namespace="shop"))
    assert places.start == Place(namespace="shop")
    assert (await connect(await places.request(places.start))).server == "https://prod.example"
    write(tmp_path / "config", current="staging")
    assert (await connect(await places.request(places.start))).server == "https://prod.example"
    assert places.contexts() == Contexts(names=("prod", "staging"), current="staging")


async def test_flags_that_replace_parts_of_a_context_count_for_no_other(tmp_path: Path) -> None:
    path = write(tmp_path / "config", current="prod")
    flags = {"server": "https://bastion.example", "token": "mine", "insecure": True, "as_user": "jane"}
    places = KubeconfigPlaces(target(kubeconfig=path, **flags))
    for context in ("", "prod"):
        connection = await connect(await places.request(Place(context=context)))
        assert connection.server == "https://bastion.example"
        assert (await connection.credentials.current()).authorization == "Bearer mine"
    other = await connect(await places.request(Place(context="staging")))
    assert other.server == "https://staging.example"
    assert (await other.credentials.current()).authorization == "Bearer staging-token"
    assert ("Impersonate-User", "jane") in other.impersonation, "who acts as somebody else goes on to do so"


async def test_a_kubeconfig_without_a_current_context_says_which_there_are(tmp_path: Path) -> None:
    places = KubeconfigPlaces(target(kubeconfig=write(tmp_path / "config", current="")))
    with pytest.raises(ConfigError, match="prod, staging"):
        await connect(await places.request(places.start))


async def test_demo_clusters_are_started_once_and_go_on(tmp_path: Path) -> None:
    with contextlib.ExitStack() as stack:
        places = DemoPlaces(target(demo="eks-chaining"), stack)
        first = await places.request(places.start)
        other = await places.request(Place(context="demo-incident"))
        assert other.kubeconfig not in (first.kubeconfig, None)
        assert (await places.request(Place(context="demo-incident"))).kubeconfig == other.kubeconfig
        assert {"demo-eks-chaining", "demo-incident"} <= set(places.contexts().names)


def test_a_demo_cluster_that_does_not_exist_is_told_before_the_screen_opens() -> None:
    with contextlib.ExitStack() as stack, pytest.raises(UsageError, match="no demo cluster 'nope'"):
        DemoPlaces(target(demo="nope"), stack)
