"""Every key of a profile, how its value is read, and what is said of a wrong one."""

import re
from collections.abc import Mapping, Sequence
from typing import Final

import yaml

from bwtop.model.edit import Risk, propose
from bwtop.model.profile import VIEW_COLUMNS
from bwtop.model.yaml_values import Key, ValueMistakeError, duration, each, flag, one_of, scalar, text, whole

TESTS: Final = ("TCP_MAERTS", "TCP_STREAM", "UDP_STREAM", "TCP_RR", "TCP_CRR", "UDP_RR")
_DNS_LABEL = re.compile(r"[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?")
_IMAGE = re.compile(r"[a-zA-Z0-9][-a-zA-Z0-9._:/@]{0,254}")
_SELECTOR = re.compile(r"[-a-zA-Z0-9._/=!, ()]{1,253}")


def _limit(node: yaml.Node) -> str:
    """As somebody would type it into the dialog, where it must raise no question."""
    value = scalar(node, "a limit such as 10M")
    proposal = propose(value)
    if proposal.risk is not Risk.NONE:
        raise ValueMistakeError(node, proposal.reason)
    return value


_PATTERN = text(re.compile(r"!?[^\x00-\x20\x7f!][^\x00-\x20\x7f]{0,252}"), "a pattern of contexts such as prod-*")
_SERVER = text(
    re.compile(r"!?(?!https?:)[^\x00-\x20\x7f!A-Z][^\x00-\x20\x7fA-Z]{0,252}"),
    "a pattern of hosts such as *.prod.example.com, in small letters and without https://",
)
_LINE = text(re.compile(r"[^\x00-\x1f\x7f-\x9f]{1,200}"), "a line of text")
_NAME = text(_DNS_LABEL, "a name of Kubernetes")


def _view_keys(view: str, columns: Sequence[str]) -> Mapping[str, Key]:
    column = one_of(columns, "column of this view")
    return {
        f"views.{view}.columns": Key(each(column, least=1), f"the columns of the {view} view, in their order"),
        f"views.{view}.sort": Key(column, f"the column that the {view} view is sorted by at first"),
        f"views.{view}.descending": Key(flag, "the direction of that; else the column's own"),
    }


KEYS: Final[Mapping[str, Key]] = {
    "about": Key(_LINE, "what the profile is for, shown by `bwtop profile list`"),
    "contexts": Key(each(_PATTERN), "contexts of the kubeconfig that it is chosen for"),
    "protected": Key(each(_PATTERN), "contexts on which every write takes the pod's name"),
    "protected_servers": Key(each(_SERVER), "the same by the host of the server, whatever the context is called"),
    "cilium.namespace": Key(_NAME, "namespace of the agents; else wherever they are found"),
    "cilium.selector": Key(text(_SELECTOR, "a label selector such as k8s-app=cilium"), "labels of the agents"),
    "refresh": Key(duration(0.5, 300), "time between two samples of a node on the screen, at best"),
    "low_data": Key(flag, "read agents less often, for slow links"),
    "presets": Key(each(_limit), "limits that the edit dialog offers"),
    "netperf.image": Key(text(_IMAGE, "an image"), "image of the pods that bwtop makes to measure"),
    "netperf.tests": Key(each(one_of(TESTS, "netperf test"), least=1), "tests that are offered, the usual one first"),
    "netperf.duration": Key(duration(1, 3600), "time of one measurement"),
    "netperf.samples": Key(whole(1, 100), "measurements of one run"),
    **{path: key for view, columns in VIEW_COLUMNS.items() for path, key in _view_keys(view, columns).items()},
    "theme": Key(text(re.compile(r"[a-z][-a-z0-9]{0,39}"), "a theme's name"), "theme of the screen"),
}
"""By their path in the file: `netperf.duration`."""
