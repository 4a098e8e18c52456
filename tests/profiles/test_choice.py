"""The profile that counts is the one that names the context closest; protection is lifted by none."""

import pytest

from bwtop.cli.profile_files import shipped_profiles
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
    assert profiles.protection("prod-eu-1") == "profile prod protects context prod-eu-1"
    assert profiles.protection("dev") == ""


def test_what_a_profile_with_mistakes_protects_is_not_known_so_everything_is():
    profiles = Profiles(found=[ALL], mistakes=[Mistake("prod.yaml", 3, "protected", "this must be a list")])
    assert "prod.yaml:3: protected" in profiles.protection("dev")


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
