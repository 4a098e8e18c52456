"""Reads a YAML file of known keys, and tells of every mistake where it stands: file, line and key."""

import difflib
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

import msgspec
import yaml

from bwtop.model.printable import printable
from bwtop.model.yaml_values import Key, ValueMistakeError

MOST_CHARACTERS: Final = 64 * 1024


class Mistake(msgspec.Struct, frozen=True):
    """`prod.yaml:7: netperf.duration: 'soon' is no time; write 10s or 1m`."""

    source: str
    line: int
    key: str
    """Empty: the file as a whole."""
    problem: str

    def __str__(self) -> str:
        where = f"{printable(self.source)}:{self.line}"
        return f"{where}: {self.key}: {self.problem}" if self.key else f"{where}: {self.problem}"


def read_keys(
    text: str, *, source: str, keys: Mapping[str, Key]
) -> tuple[Mapping[str, Any], Mapping[str, int], Sequence[Mistake]]:
    """Values and lines by the path of their key; mistakes in the order of the file."""
    if len(text) > MOST_CHARACTERS:
        return {}, {}, [Mistake(source, 1, "", f"longer than {MOST_CHARACTERS // 1024} KiB")]
    try:
        root = yaml.compose(text, Loader=yaml.SafeLoader)
    except (yaml.YAMLError, RecursionError) as error:
        return {}, {}, [_not_yaml(error, source)]
    read = _Read(source, keys)
    mistakes = [] if root is None else list(read.walk(root, ""))
    return read.values, read.lines, sorted(mistakes, key=lambda mistake: mistake.line)


def _not_yaml(error: Exception, source: str) -> Mistake:
    mark = getattr(error, "problem_mark", None)
    problem = getattr(error, "problem", None) or getattr(error, "reason", None) or "nested too deep"
    return Mistake(source, mark.line + 1 if mark else 1, "", f"no YAML: {printable(str(problem))}")


class _Read:
    """What was read so far, by the path of its key."""

    def __init__(self, source: str, keys: Mapping[str, Key]) -> None:
        self.source, self.keys = source, keys
        self.values: dict[str, Any] = {}
        self.lines: dict[str, int] = {}

    def walk(self, node: yaml.Node, path: str) -> Iterator[Mistake]:
        """Reads the values below the node; yields what is wrong with them."""
        if not isinstance(node, yaml.MappingNode):
            what = "keys with values" if not path else f"keys: {', '.join(_first_parts(self._below(path)))}"
            yield Mistake(self.source, _line(node), path, f"this must have {what}")
            return
        seen: set[str] = set()
        for key_node, value in node.value:
            name = key_node.value if isinstance(key_node, yaml.ScalarNode) else "?"
            key = f"{path}.{name}" if path else name
            if name in seen:
                yield Mistake(self.source, _line(key_node), _shown(key), "stands twice")
            elif key in self.keys:
                yield from self._read(key, value)
            elif any(known.startswith(f"{key}.") for known in self.keys):
                yield from self.walk(value, key)
            else:
                problem = f"is no key here{_meant(name, self._below(path))}"
                yield Mistake(self.source, _line(key_node), _shown(key), problem)
            seen.add(name)

    def _below(self, path: str) -> Sequence[str]:
        prefix = f"{path}." if path else ""
        return [key[len(prefix) :] for key in self.keys if key.startswith(prefix)]

    def _read(self, key: str, node: yaml.Node) -> Iterator[Mistake]:
        self.lines[key] = _line(node)
        try:
            self.values[key] = self.keys[key].read(node)
        except ValueMistakeError as wrong:
            yield Mistake(self.source, _line(wrong.node), key, wrong.problem)


def _first_parts(paths: Sequence[str]) -> Sequence[str]:
    return list(dict.fromkeys(path.partition(".")[0] for path in paths))


def _meant(name: str, known: Sequence[str]) -> str:
    first = _first_parts(known)
    near = difflib.get_close_matches(name, [*first, *known], n=1)
    return f"; {near[0]} is meant?" if near else f"; there are: {', '.join(first)}"


def _shown(key: str) -> str:
    return printable(key, limit=60)


def _line(node: yaml.Node) -> int:
    return int(node.start_mark.line) + 1
