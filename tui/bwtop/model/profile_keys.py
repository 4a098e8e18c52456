"""Every key of a profile, how its value is read, and what is said of a wrong one."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import yaml

from bwtop.model.edit import Risk, propose
from bwtop.model.printable import printable
from bwtop.model.profile import VIEW_COLUMNS

Read = Callable[[yaml.Node], Any]
TESTS: Final = ("TCP_MAERTS", "TCP_STREAM", "UDP_STREAM", "TCP_RR", "TCP_CRR", "UDP_RR")
_DNS_LABEL = re.compile(r"[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?")
_IMAGE = re.compile(r"[a-zA-Z0-9][-a-zA-Z0-9._:/@]{0,254}")
_SELECTOR = re.compile(r"[-a-zA-Z0-9._/=!, ()]{1,253}")
_DURATION = re.compile(r"([0-9]{1,6}(?:\.[0-9]{1,3})?)(ms|s|m|h)?")
_SECONDS = {"ms": 0.001, "s": 1.0, "m": 60.0, "h": 3600.0}
_LONGEST_LIST: Final = 100


@dataclass
class ValueMistakeError(Exception):
    """What is wrong with a value, and where it stands."""

    node: yaml.Node
    problem: str


@dataclass(frozen=True)
class Key:
    read: Read
    about: str
    """What it is for, for `bwtop profile show` and the reference."""


def _quoted(value: str) -> str:
    return f"'{printable(value, limit=40)}'"


def _scalar(node: yaml.Node, what: str) -> str:
    if not isinstance(node, yaml.ScalarNode) or node.tag == "tag:yaml.org,2002:null":
        raise ValueMistakeError(node, f"this must be {what}")
    value: str = node.value
    return value


def _text(pattern: re.Pattern[str], what: str) -> Read:
    def read(node: yaml.Node) -> str:
        value = _scalar(node, what)
        if not pattern.fullmatch(value):
            raise ValueMistakeError(node, f"{_quoted(value)} is not {what}")
        return value

    return read


def _flag(node: yaml.Node) -> bool:
    value = _scalar(node, "true or false")
    if node.tag != "tag:yaml.org,2002:bool":
        raise ValueMistakeError(node, f"{_quoted(value)} is not true or false")
    return value.lower() in ("true", "yes", "on")


def _whole(least: int, most: int) -> Read:
    def read(node: yaml.Node) -> int:
        value = _scalar(node, f"a number from {least} to {most}")
        if not (value.isascii() and value.isdecimal() and len(value) < 10 and least <= int(value) <= most):
            raise ValueMistakeError(node, f"{_quoted(value)} is not a number from {least} to {most}")
        return int(value)

    return read


def _duration(least: float, most: float) -> Read:
    def read(node: yaml.Node) -> float:
        value = _scalar(node, "a time such as 10s")
        found = _DURATION.fullmatch(value)
        if found is None:
            raise ValueMistakeError(node, f"{_quoted(value)} is no time; write 10s or 1m")
        seconds = float(found[1]) * _SECONDS[found[2] or "s"]
        if not least <= seconds <= most:
            raise ValueMistakeError(node, f"{value} is not between {least:g} and {most:g} seconds")
        return seconds

    return read


def _one_of(names: Sequence[str], what: str) -> Read:
    def read(node: yaml.Node) -> str:
        value = _scalar(node, f"one of {', '.join(names)}")
        if value not in names:
            raise ValueMistakeError(node, f"{_quoted(value)} is no {what}; there are: {', '.join(names)}")
        return value

    return read


def _each(read_one: Read, *, least: int = 0) -> Read:
    def read(node: yaml.Node) -> Sequence[Any]:
        if not isinstance(node, yaml.SequenceNode):
            raise ValueMistakeError(node, "this must be a list, as in [a, b]")
        if not least <= len(node.value) <= _LONGEST_LIST:
            raise ValueMistakeError(node, f"this must have {least} to {_LONGEST_LIST} elements")
        values = tuple(read_one(element) for element in node.value)
        for place, value in enumerate(values):
            if value in values[:place]:
                raise ValueMistakeError(node.value[place], f"{value} stands twice")
        return values

    return read


def _limit(node: yaml.Node) -> str:
    """As somebody would type it into the dialog, where it must raise no question."""
    value = _scalar(node, "a limit such as 10M")
    proposal = propose(value)
    if proposal.risk is not Risk.NONE:
        raise ValueMistakeError(node, proposal.reason)
    return value


_PATTERN = _text(re.compile(r"!?[^\x00-\x20\x7f!][^\x00-\x20\x7f]{0,252}"), "a pattern of contexts such as prod-*")
_LINE = _text(re.compile(r"[^\x00-\x1f\x7f-\x9f]{1,200}"), "a line of text")
_NAME = _text(_DNS_LABEL, "a name of Kubernetes")


def _view_keys(view: str, columns: Sequence[str]) -> Mapping[str, Key]:
    column = _one_of(columns, "column of this view")
    return {
        f"views.{view}.columns": Key(_each(column, least=1), f"the columns of the {view} view, in their order"),
        f"views.{view}.sort": Key(column, f"the column that the {view} view is sorted by at first"),
        f"views.{view}.descending": Key(_flag, "the direction of that; else the column's own"),
    }


KEYS: Final[Mapping[str, Key]] = {
    "about": Key(_LINE, "what the profile is for, shown by `bwtop profile list`"),
    "contexts": Key(_each(_PATTERN), "contexts of the kubeconfig that it is chosen for"),
    "protected": Key(_each(_PATTERN), "contexts on which every write takes the pod's name"),
    "cilium.namespace": Key(_NAME, "namespace of the agents; else wherever they are found"),
    "cilium.selector": Key(_text(_SELECTOR, "a label selector such as k8s-app=cilium"), "labels of the agents"),
    "refresh": Key(_duration(0.5, 300), "time between two samples of a node on the screen, at best"),
    "low_data": Key(_flag, "read agents less often, for slow links"),
    "presets": Key(_each(_limit), "limits that the edit dialog offers"),
    "netperf.image": Key(_text(_IMAGE, "an image"), "image of the pods that bwtop makes to measure"),
    "netperf.tests": Key(_each(_one_of(TESTS, "netperf test"), least=1), "tests that are offered, the usual one first"),
    "netperf.duration": Key(_duration(1, 3600), "time of one measurement"),
    "netperf.samples": Key(_whole(1, 100), "measurements of one run"),
    **{path: key for view, columns in VIEW_COLUMNS.items() for path, key in _view_keys(view, columns).items()},
    "theme": Key(_text(re.compile(r"[a-z][-a-z0-9]{0,39}"), "a theme's name"), "theme of the screen"),
}
"""By their path in the file: `netperf.duration`."""
