"""The profile that counts is the one that names the context closest; protection is lifted by none."""

import pytest

from bwtop.cli.profile_files import shipped_profiles
from bwtop.kube.connection import Connection
from bwtop.kube.credentials import FixedCredentials
from bwtop.live.guard import guard_of
from bwtop.model.keyed_yaml import Mistake
from bwtop.model.profile import Profile, matches
from bwtop.model.profile_choice import Profiles

ALL = Profile(name="all", contexts=("*",))
PROD = Profile(name="prod", contexts=("prod-*", "live"), protected=("prod-*",))
EU = Profile(name="eu", contexts=("prod-eu-*",))


@pytest.mark.parametrize(
    ("context", "name"), [("dev", "all"), ("prod-us", "prod"), ("prod-eu-1", "eu"), ("live", "prod"), ("", "all")]
)
def test_the_closest_pattern_decides_whatever_the_order(context, name):
    for found in ([ALL, PROD, EU], [EU, PROD, ALL]):
        assert Profiles(found=found).chosen(context).name == name


def test_of_two_that_are_as_close_the_first_counts():
    own = Profile(name="mine", contexts=("*",))
    assert Profiles(found=[own, ALL]).chosen("dev") is own


def test_a_named_profile_counts_everywhere():
    assert Profiles(found=[ALL, PROD], named="prod").chosen("dev") is PROD


def test_without_any_there_is_one_all_the_same():
    assert Profiles().chosen("dev") == Profile()


def test_a_profile_cannot_lift_what_another_protects():
    profiles = Profiles(found=[ALL, PROD, EU], named="all")
    assert profiles.protection("prod-eu-1", servers=["10.0.0.1"]) == "profile prod protects context prod-eu-1"
    assert profiles.protection("dev", servers=["10.0.0.1"]) == ""


LIVE = Profile(name="live", protected_servers=("*.live.example.com", "!lab.live.example.com"))


@pytest.mark.parametrize(
    ("server", "tls_name", "protected"),
    [
        ("https://api.live.example.com:6443", None, "api.live.example.com"),
        ("https://API.Live.example.com", None, "api.live.example.com"),
        ("https://lab.live.example.com", None, ""),
        ("https://127.0.0.1:16443", "api.live.example.com", "127.0.0.1"),
        ("https://live.example.com.evil.org", None, ""),
        ("https://dev.example.com/?x=.live.example.com", None, ""),
    ],
)
def test_a_server_is_protected_whatever_its_context_is_called(server, tls_name, protected):
    for context in ("test", "renamed", ""):
        connection = Connection(
            server=server, context=context, server_hostname=tls_name, credentials=FixedCredentials()
        )
        why = guard_of(Profiles(found=[ALL, LIVE], named="all"), connection).why
        assert why == (f"profile live protects server {protected}" if protected else "")


@pytest.mark.parametrize(
    ("pattern", "fits"),
    [
        ("rancher.example.com", True), ("rancher.example.com:443", True), ("rancher.example.com:443/k8s/*", True),
        ("rancher.example.com/k8s/clusters/c-1", True), ("rancher.example.com/k8s/clusters/c-2", False),
        ("example.com", False), ("rancher.example.com:6443", False),
    ],
)  # fmt: skip
def test_a_server_may_be_named_with_port_and_path(pattern, fits):
    connection = Connection(server="https://rancher.example.com/k8s/clusters/c-1", credentials=FixedCredentials())
    assert matches((pattern,), *connection.server_names) is fits


def test_without_a_context_the_host_is_what_has_to_be_typed():
    connection = Connection(server="https://[2001:db8::1]:6443", credentials=FixedCredentials())
    guard = guard_of(Profiles(found=[Profile(protected_servers=("2001:db8:*",))]), connection)
    assert guard.why
    assert (guard.cluster, guard.called) == ("2001:db8::1", "the host of the server")


def test_what_a_profile_with_mistakes_protects_is_not_known_so_everything_is():
    profiles = Profiles(found=[ALL], mistakes=[Mistake("prod.yaml", 3, "protected", "this must be a list")])
    assert "prod.yaml:3: protected" in profiles.protection("dev", servers=["10.0.0.1"])


@pytest.mark.parametrize(
    ("patterns", "context", "fits"),
    [
        (["prod-*"], "prod-eu", True), (["prod-*"], "PROD-eu", False), (["*"], "arn:aws:eks:eu/x", True),
        (["*prod*", "!*nonprod*"], "nonprod-1", False), (["!dev"], "prod", False), ([], "x", False),
    ],
)  # fmt: skip
def test_patterns(patterns, context, fits):
    assert matches(patterns, context) is fits


@pytest.mark.parametrize(
    ("context", "protected"),
    [
        ("prod", True), ("prod-eu", True), ("eks-prod", True), ("a-prod-b", True), ("admin@prod-1", True),
        ("arn:aws:eks:eu-central-1:1:cluster/prod-shop", True), ("gke_p_production_1", True),
        ("non-prod", False), ("nonprod-1", False), ("eks-non-prod", False), ("dev", False), ("product-demo", False),
        ("demo-eks-chaining", False), ("kind-kind", False),
    ],
)  # fmt: skip
def test_bwtop_protects_what_is_called_production(context, protected):
    assert matches(shipped_profiles()["default"].protected, context) is protected


@pytest.mark.parametrize(
    ("host", "protected"),
    [
        ("prod.example.com", True), ("api.prod.example.com", True), ("k8s-prod.example.com", True),
        ("prod-eu.example.com", True), ("api.prod-eu.example.com", True), ("k8s.production.example.com", True),
        ("127.0.0.1", False), ("products.example.com", False), ("api.nonprod.example.com", False),
        ("ABC0123.gr7.us-east-1.eks.amazonaws.com", False),
    ],
)  # fmt: skip
def test_bwtop_protects_servers_that_are_called_production(host, protected):
    assert matches(shipped_profiles()["default"].protected_servers, host.lower()) is protected
