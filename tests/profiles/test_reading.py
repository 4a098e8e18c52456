"""What a profile says is read as it is meant, and every mistake is told with file, line and key."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bwtop.cli.profile_files import shipped_profiles
from bwtop.cli.profile_text import profile_text
from bwtop.live.store import Store
from bwtop.model.profile import VIEW_COLUMNS, Profile
from bwtop.model.profile_keys import KEYS
from bwtop.model.profile_reading import ProfileError, read_profile
from bwtop.panels.views import VIEWS

FULL = """\
about: the shop's clusters
contexts: [shop-*, "!shop-lab"]
protected: [shop-live]
protected_servers: ["*.live.example.com", "!lab.live.example.com"]
cilium: {namespace: cilium, selector: k8s-app=cilium}
refresh: 500ms
low_data: true
presets: [10M, 1.5G, 1000000]
netperf: {image: registry.example/netperf:1, tests: [TCP_RR], duration: 1m, samples: 3}
views:
  pods: {columns: [pod, state], sort: pod, descending: false}
  limits: {descending: true}
theme: nord
"""


def read(text: str, base: Profile | None = None) -> Profile:
    return read_profile(text, name="shop", source="shop.yaml", base=base)


def mistakes(text: str) -> list[str]:
    with pytest.raises(ProfileError) as error:
        read(text)
    return [str(mistake) for mistake in error.value.mistakes]


def test_every_key_is_read():
    profile = read(FULL)
    assert (profile.name, profile.source, profile.about) == ("shop", "shop.yaml", "the shop's clusters")
    assert (profile.contexts, profile.protected) == (("shop-*", "!shop-lab"), ("shop-live",))
    assert profile.protected_servers == ("*.live.example.com", "!lab.live.example.com")
    assert (profile.cilium_namespace, profile.cilium_selector) == ("cilium", "k8s-app=cilium")
    assert (profile.refresh, profile.low_data, profile.theme) == (0.5, True, "nord")
    assert profile.presets == ("10M", "1.5G", "1000000")
    netperf = profile.netperf
    assert (netperf.image, netperf.tests) == ("registry.example/netperf:1", ("TCP_RR",))
    assert (netperf.duration, netperf.samples) == (60.0, 3)
    assert profile.view("pods").columns == ("pod", "state")
    assert (profile.view("pods").sort, profile.view("pods").descending) == ("pod", False)
    assert (profile.view("limits").columns, profile.view("limits").descending) == ((), True)


def test_what_is_not_said_is_as_the_default_has_it_but_never_for_whom():
    base = read(FULL)
    profile = read("refresh: 1s\nviews: {pods: {sort: state}}\n", base)
    assert (profile.refresh, profile.presets, profile.netperf) == (1.0, base.presets, base.netperf)
    assert (profile.view("pods").sort, profile.view("pods").columns) == ("state", ("pod", "state"))
    assert (profile.contexts, profile.protected, profile.protected_servers, profile.about) == ((), (), (), "")


def test_an_empty_file_is_the_default():
    assert read("").presets == Profile().presets


@pytest.mark.parametrize("profile", [read(FULL), *shipped_profiles().values()], ids=lambda profile: profile.name)
def test_a_profile_that_is_shown_reads_as_the_same(profile):
    assert read_profile(profile_text(profile), name=profile.name, source=profile.source) == profile


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("a: [", "shop.yaml:1: no YAML: expected the node content"),
        ("about: x\n\tlow_data: true", "shop.yaml:2: no YAML: found character"),
        ("- a", "shop.yaml:1: this must have keys with values"),
        ("[" * 5000, "shop.yaml:1: no YAML: nested too deep"),
        ("about: x\nrefrehs: 1s", "shop.yaml:2: refrehs: is no key here; refresh is meant?"),
        ("netperf:\n  colour: red", "shop.yaml:2: netperf.colour: is no key here; there are: image, tests"),
        ("low_data: true\nlow_data: false", "shop.yaml:2: low_data: stands twice"),
        ("netperf: 3", "shop.yaml:1: netperf: this must have keys: image, tests, duration, samples"),
        ("? [a]\n: b", "shop.yaml:1: ?: is no key here"),
        ("contexts: prod-*", "shop.yaml:1: contexts: this must be a list"),
        ("contexts: &x [*x]", "shop.yaml:1: contexts: this must be a pattern"),
        ("protected_servers: api.example.com", "shop.yaml:1: protected_servers: this must be a list"),
        ("protected_servers:\n- a.b\n- https://api.example.com", "shop.yaml:3: protected_servers: 'https://api.example.com"),
        ("protected_servers: [API.example.com]", "is not a pattern of hosts such as *.prod.example.com"),
        ("protectd_servers: []", "shop.yaml:1: protectd_servers: is no key here; protected_servers is meant?"),
        ("contexts: [a,\n  a]", "shop.yaml:2: contexts: a stands twice"),
        ("low_data: maybe", "shop.yaml:1: low_data: 'maybe' is not true or false"),
        ("refresh: soon", "shop.yaml:1: refresh: 'soon' is no time; write 10s or 1m"),
        ("refresh: 1ms", "shop.yaml:1: refresh: 1ms is not between 0.5 and 300 seconds"),
        ("theme:", "shop.yaml:1: theme: this must be a theme's name"),
        ("netperf: {samples: 0}", "shop.yaml:1: netperf.samples: '0' is not a number from 1 to 100"),
        ("netperf: {tests: [TCP_X]}", "shop.yaml:1: netperf.tests: 'TCP_X' is no netperf test; there are: TCP_MAERTS"),
        ("netperf: {image: 'a; rm -rf /'}", "netperf.image: 'a; rm -rf /' is not an image"),
        ("cilium: {namespace: Kube_System}", "cilium.namespace: 'Kube_System' is not a name of Kubernetes"),
        ("views: {pods: {columns: [pdo]}}", "views.pods.columns: 'pdo' is no column of this view; there are: namespa"),
        ("views: {nodes: {sort: share}}", "views.nodes.sort: 'share' is no column of this view"),
        ("views:\n  pods:\n    columns: [pod]\n    sort: rate", "shop.yaml:4: views.pods.sort: rate is not among"),
        ("views: {podz: {}}", "views.podz: is no key here; pods is meant?"),
        ("presets:\n- 10M\n- 10m", "shop.yaml:3: presets: 10m is milli"),
        ("presets: [10MB]", "shop.yaml:1: presets: 10MB is no Kubernetes quantity; write 10M"),
        ("about: \"\\e[31m\"", "shop.yaml:1: about: '\\x1b[31m' is not a line of text"),
        ("x" * 70_000, "shop.yaml:1: longer than 64 KiB"),
    ],
    ids=lambda text: text[:24],
)  # fmt: skip
def test_a_mistake_is_told_with_its_place(text, said):
    [told] = mistakes(text)
    assert said in told


def test_all_mistakes_are_told_at_once_in_the_order_of_the_file():
    told = mistakes("refresh: soon\nnetperf:\n  samples: 0\nnix: 1\n")
    assert [mistake.split(":")[1] for mistake in told] == ["1", "3", "4"]


lines = st.builds(lambda key, text: f"{key}: {text}", st.sampled_from(list(KEYS)), st.text(max_size=30))


@given(st.one_of(st.text(max_size=80), lines))
def test_nothing_but_printable_mistakes_come_of_any_text(text):
    told: list[str] = []
    try:
        read(text)
    except ProfileError as error:
        told = [str(mistake) for mistake in error.mistakes]
    assert [mistake for mistake in told if not mistake.isprintable()] == []


def test_the_columns_of_a_profile_are_those_of_the_views():
    shown = {view.key: tuple(column.key for column in view.columns(Store())) for view in VIEWS}
    assert {view: set(columns) for view, columns in VIEW_COLUMNS.items()} == {
        view: set(columns) for view, columns in shown.items()
    }


def test_no_shipped_profile_is_empty_handed():
    assert set(shipped_profiles()) == {"default", "incident", "slow-link"}
    assert all(profile.about and profile.presets for profile in shipped_profiles().values())
    assert Path(shipped_profiles()["default"].source) == Path()
