"""What the configuration wants of a node."""

import msgspec
import pytest

from bwtop.cilium.config import ConfigMap, NodeConfig, wanted


def config(**data: str) -> ConfigMap:
    return msgspec.convert({"data": {key.replace("_", "-"): value for key, value in data.items()}}, ConfigMap)


def node_config(name: str, selector: object, **defaults: str) -> NodeConfig:
    spec = {"nodeSelector": selector, "defaults": {key.replace("_", "-"): value for key, value in defaults.items()}}
    return msgspec.convert({"metadata": {"name": name}, "spec": spec}, NodeConfig)


LABELS = ("kubernetes.io/hostname=n1", "pool=blue")


@pytest.mark.parametrize(
    ("value", "manager"), [("true", True), ("True", True), ("1", True), ("false", False), ("", False)]
)
def test_the_config_map_says_on_or_off(value: str, manager: bool) -> None:
    assert wanted(config(enable_bandwidth_manager=value), (), LABELS).manager is manager


def test_without_the_key_it_is_off() -> None:
    found = wanted(config(), (), LABELS)
    assert (found.manager, found.bbr, found.sources) == (False, False, ("ConfigMap cilium-config",))


def test_a_node_configuration_overrides_on_the_nodes_that_it_selects() -> None:
    off = node_config("blue", {"matchLabels": {"pool": "blue"}}, enable_bandwidth_manager="false")
    base = config(enable_bandwidth_manager="true", enable_bbr="true")
    found = wanted(base, (off,), LABELS)
    assert (found.manager, found.bbr) == (False, True)
    assert found.sources == ("ConfigMap cilium-config", "CiliumNodeConfig blue")
    assert wanted(base, (off,), ("pool=red",)).manager is True


def test_the_later_name_wins_and_what_is_about_other_things_is_not_named() -> None:
    configs = (
        node_config("b", {}, enable_bandwidth_manager="true"),
        node_config("a", None, enable_bandwidth_manager="false"),
        node_config("c", {}, debug="true"),
    )
    found = wanted(config(), configs, LABELS)
    assert found.manager is True
    assert found.sources[1:] == ("CiliumNodeConfig a", "CiliumNodeConfig b")


@pytest.mark.parametrize(
    ("expression", "selected"),
    [
        ({"key": "pool", "operator": "In", "values": ["blue", "green"]}, True),
        ({"key": "pool", "operator": "NotIn", "values": ["blue"]}, False),
        ({"key": "pool", "operator": "Exists"}, True),
        ({"key": "gpu", "operator": "Exists"}, False),
        ({"key": "gpu", "operator": "DoesNotExist"}, True),
        ({"key": "gpu", "operator": "NotIn", "values": ["yes"]}, True),
        ({"key": "pool", "operator": "Gt", "values": ["1"]}, False),
    ],
)
def test_expressions_select(expression: dict[str, object], selected: bool) -> None:
    on = node_config("x", {"matchExpressions": [expression]}, enable_bandwidth_manager="true")
    assert wanted(config(), (on,), LABELS).manager is selected


def test_the_release_is_helms_name_and_no_command() -> None:
    def release(name: str) -> str:
        return msgspec.convert({"metadata": {"annotations": {"meta.helm.sh/release-name": name}}}, ConfigMap).release

    assert release("net") == "net"
    assert release("x; rm -rf /") == ""
