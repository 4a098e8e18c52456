"""Reads single values of a YAML file, and says what is wrong with one."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Final

import yaml

from bwtop.model.printable import printable

Read = Callable[[yaml.Node], Any]
_DURATION = re.compile(r"([0-9]{1,6}(?:\.[0-9]{1,3})?)(ms|s|m|h)?")
_SECONDS = {"ms": 0.001, "s": 1.0, "m": 60.0, "h": 3600.0}
_LONGEST_LIST: Final = 100
SAFE_LOADER: Final = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
"""libyaml's where PyYAML was built with it: eight times as fast on the file of a demo cluster."""


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


def quoted(value: str) -> str:
    return f"'{printable(value, limit=40)}'"


def scalar(node: yaml.Node, what: str) -> str:
    if not isinstance(node, yaml.ScalarNode) or node.tag == "tag:yaml.org,2002:null":
        raise ValueMistakeError(node, f"this must be {what}")
    value: str = node.value
    return value


def text(pattern: re.Pattern[str], what: str) -> Read:
    def read(node: yaml.Node) -> str:
        value = scalar(node, what)
        if not pattern.fullmatch(value):
            raise ValueMistakeError(node, f"{quoted(value)} is not {what}")
        return value

    return read


def flag(node: yaml.Node) -> bool:
    value = scalar(node, "true or false")
    if node.tag != "tag:yaml.org,2002:bool":
        raise ValueMistakeError(node, f"{quoted(value)} is not true or false")
    return value.lower() in ("true", "yes", "on")


def whole(least: int, most: int) -> Read:
    def read(node: yaml.Node) -> int:
        value = scalar(node, f"a number from {least} to {most}")
        if not (value.isascii() and value.isdecimal() and len(value) < 10 and least <= int(value) <= most):
            raise ValueMistakeError(node, f"{quoted(value)} is not a number from {least} to {most}")
        return int(value)

    return read


def duration(least: float, most: float) -> Read:
    def read(node: yaml.Node) -> float:
        value = scalar(node, "a time such as 10s")
        found = _DURATION.fullmatch(value)
        if found is None:
            raise ValueMistakeError(node, f"{quoted(value)} is no time; write 10s or 1m")
        seconds = float(found[1]) * _SECONDS[found[2] or "s"]
        if not least <= seconds <= most:
            raise ValueMistakeError(node, f"{value} is not between {least:g} and {most:g} seconds")
        return seconds

    return read


def one_of(names: Sequence[str], what: str) -> Read:
    def read(node: yaml.Node) -> str:
        value = scalar(node, f"one of {', '.join(names)}")
        if value not in names:
            raise ValueMistakeError(node, f"{quoted(value)} is no {what}; there are: {', '.join(names)}")
        return value

    return read


def each(read_one: Read, *, least: int = 0) -> Read:
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
