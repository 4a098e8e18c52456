"""Reads a profile from YAML, and tells of every mistake where it stands: file, line and key."""

import difflib
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

import msgspec
import yaml

from bwtop.model.printable import printable
from bwtop.model.profile import Profile, ViewProfile
from bwtop.model.profile_keys import KEYS, ValueMistakeError

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


class ProfileError(Exception):
    """A profile that cannot be used; `mistakes` has at least one, in the order of the file."""

    def __init__(self, mistakes: Sequence[Mistake]) -> None:
        super().__init__("; ".join(map(str, mistakes)))
        self.mistakes = mistakes


def read_profile(text: str, *, name: str, source: str, base: Profile | None = None) -> Profile:
    """What the text says, and `base` where it says nothing; but whom it is for is never taken from `base`.

    Raises ProfileError with all its mistakes.
    """
    base = base or Profile()
    values, lines, mistakes = _values(text, source)
    if mistakes:
        raise ProfileError(mistakes)
    top = {_FIELDS.get(path, path): value for path, value in values.items() if path.count(".") == 0 or path in _FIELDS}
    netperf = msgspec.structs.replace(base.netperf, **_below("netperf", values))
    views = {view: _view(view, values, base) for view in {*base.views, *_children("views", values)}}
    if unsorted := list(_unsorted(views, lines, source)):
        raise ProfileError(unsorted)
    own = {"name": name, "source": source, "about": "", "contexts": (), "protected": ()}
    return msgspec.structs.replace(base, **{**own, **top, "netperf": netperf, "views": views})


_FIELDS: Final = {"cilium.namespace": "cilium_namespace", "cilium.selector": "cilium_selector"}


def _view(view: str, values: Mapping[str, Any], base: Profile) -> ViewProfile:
    return msgspec.structs.replace(base.view(view), **_below(f"views.{view}", values))


def _unsorted(views: Mapping[str, ViewProfile], lines: Mapping[str, int], source: str) -> Iterator[Mistake]:
    """Views that would be sorted by a column that is not shown."""
    for name, view in views.items():
        if view.columns and view.sort and view.sort not in view.columns:
            key = f"views.{name}.sort"
            line = lines.get(key) or lines.get(f"views.{name}.columns") or 1
            yield Mistake(source, line, key, f"{view.sort} is not among the view's columns")


def _below(prefix: str, values: Mapping[str, Any]) -> dict[str, Any]:
    return {path[len(prefix) + 1 :]: value for path, value in values.items() if path.startswith(f"{prefix}.")}


def _children(prefix: str, values: Mapping[str, Any]) -> set[str]:
    return {path.split(".", 1)[0] for path in _below(prefix, values)}


def _values(text: str, source: str) -> tuple[Mapping[str, Any], Mapping[str, int], Sequence[Mistake]]:
    """Values and lines by the path of their key."""
    if len(text) > MOST_CHARACTERS:
        return {}, {}, [Mistake(source, 1, "", f"longer than {MOST_CHARACTERS // 1024} KiB")]
    try:
        root = yaml.compose(text, Loader=yaml.SafeLoader)
    except (yaml.YAMLError, RecursionError) as error:
        return {}, {}, [_not_yaml(error, source)]
    read = _Read(source)
    mistakes = [] if root is None else list(read.walk(root, ""))
    return read.values, read.lines, sorted(mistakes, key=lambda mistake: mistake.line)


def _not_yaml(error: Exception, source: str) -> Mistake:
    mark = getattr(error, "problem_mark", None)
    problem = getattr(error, "problem", None) or getattr(error, "reason", None) or "nested too deep"
    return Mistake(source, mark.line + 1 if mark else 1, "", f"no YAML: {printable(str(problem))}")


class _Read:
    """What was read so far, by the path of its key."""

    def __init__(self, source: str) -> None:
        self.source = source
        self.values: dict[str, Any] = {}
        self.lines: dict[str, int] = {}

    def walk(self, node: yaml.Node, path: str) -> Iterator[Mistake]:
        """Reads the values below the node; yields what is wrong with them."""
        if not isinstance(node, yaml.MappingNode):
            what = "keys with values" if not path else f"keys: {', '.join(_keys_below(path))}"
            yield Mistake(self.source, _line(node), path, f"this must have {what}")
            return
        seen: set[str] = set()
        for key_node, value in node.value:
            name = key_node.value if isinstance(key_node, yaml.ScalarNode) else "?"
            key = f"{path}.{name}" if path else name
            if name in seen:
                yield Mistake(self.source, _line(key_node), _shown(key), "stands twice")
            elif key in KEYS:
                yield from self._read(key, value)
            elif any(known.startswith(f"{key}.") for known in KEYS):
                yield from self.walk(value, key)
            else:
                problem = f"is no key here{_meant(name, _keys_below(path))}"
                yield Mistake(self.source, _line(key_node), _shown(key), problem)
            seen.add(name)

    def _read(self, key: str, node: yaml.Node) -> Iterator[Mistake]:
        self.lines[key] = _line(node)
        try:
            self.values[key] = KEYS[key].read(node)
        except ValueMistakeError as wrong:
            yield Mistake(self.source, _line(wrong.node), key, wrong.problem)


def _keys_below(path: str) -> Sequence[str]:
    prefix = f"{path}." if path else ""
    return list(dict.fromkeys(key[len(prefix) :].split(".", 1)[0] for key in KEYS if key.startswith(prefix)))


def _meant(name: str, known: Sequence[str]) -> str:
    near = difflib.get_close_matches(name, known, n=1)
    return f"; {near[0]} is meant?" if near else f"; there are: {', '.join(known)}"


def _shown(key: str) -> str:
    return printable(key, limit=60)


def _line(node: yaml.Node) -> int:
    return int(node.start_mark.line) + 1
