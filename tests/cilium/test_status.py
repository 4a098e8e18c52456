import json

import pytest

from bwtop.cilium.output import OutputError
from bwtop.cilium.status import read_status
from bwtop.model.versions import version_pair
from cilium.recorded import VERSIONS, expected, live, output, scenarios


@pytest.mark.parametrize(("version", "scenario"), scenarios("status-"))
def test_the_status_of_every_version_means_what_was_put_in(version: str, scenario: str) -> None:
    status = read_status(output(version, scenario))
    assert status.version == version
    assert status.state == "Ok"
    assert {
        "enabled": status.manager_enabled,
        "congestion_control": status.congestion_control,
        "devices": list(status.devices),
        "cni_chaining": status.cni_chaining,
        "routing": status.routing,
        "host_routing": status.host_routing,
        "encryption": status.encryption,
    } == expected(version, scenario)


@pytest.mark.parametrize("version", VERSIONS)
def test_a_brief_status_does_not_say_that_the_manager_is_off(version: str) -> None:
    status = read_status(output(version, "status-brief"))
    assert (status.version, status.manager_enabled, status.devices) == (version, None, ())


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("scenario", ["status-unreachable-nosocket", "status-unreachable-refused"])
def test_an_unreachable_agent_is_an_error_that_says_so(version: str, scenario: str) -> None:
    with pytest.raises(OutputError, match="Is the agent running"):
        read_status(output(version, scenario))


def test_a_live_agent_of_an_unreleased_build_has_no_version() -> None:
    status = read_status(live("status_-o_json.stdout"))
    assert (status.version, status.manager_enabled, status.devices) == (None, True, ("ext0",))
    assert (status.routing, status.tunnel_protocol, status.host_firewall) == ("native", None, "Enabled")
    assert status.kube_proxy_replacement == "False"


def test_the_tunnel_protocol_is_told_from_1_16_on() -> None:
    assert read_status(output("1.18.4", "status-tunnel-bpf")).tunnel_protocol == "geneve"
    assert read_status(output("1.13.18", "status-tunnel-bpf")).tunnel_protocol is None


def test_a_failing_agent_is_read_and_its_message_made_printable() -> None:
    status = read_status(json.dumps({"cilium": {"state": "Failure", "msg": "kvstore \x1b[31mdown\n" * 100}}))
    assert (status.state, status.version, status.manager_enabled) == ("Failure", None, None)
    assert status.message.isprintable()
    assert len(status.message) <= 200


def test_nulls_are_gaps() -> None:
    manager = {"enabled": None, "devices": None}
    health = {"state": None, "msg": None}
    status = read_status(json.dumps({"cilium": health, "bandwidth-manager": manager, "routing": None}))
    assert (status.state, status.manager_enabled, status.devices, status.routing) == (None, False, (), None)


@pytest.mark.parametrize(
    "text", ["", "{}", "[]", '{"cilium": null}', '{"cilium": {"state": 1}}', "Daemon: Not responding"]
)
def test_what_is_no_status_is_an_error(text: str) -> None:
    with pytest.raises(OutputError, match="expected the JSON of `status`"):
        read_status(text)


@pytest.mark.parametrize(
    ("version", "pair"),
    [
        ("1.13.18", (1, 13)),
        ("1.20.0-rc.1", (1, 20)),
        ("1.9", (1, 9)),
        (None, None),
        ("", None),
        ("v-", None),
        ("x1.2", None),
    ],
)
def test_a_version_comes_to_major_and_minor(version: str | None, pair: tuple[int, int] | None) -> None:
    assert version_pair(version) == pair
