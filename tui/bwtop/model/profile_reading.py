"""Reads a profile from YAML, and tells of every mistake where it stands: file, line and key."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

import msgspec

from bwtop.model.keyed_yaml import Mistake, read_keys
from bwtop.model.profile import Profile, ViewProfile
from bwtop.model.profile_keys import KEYS


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
    values, lines, mistakes = read_keys(text, source=source, keys=KEYS)
    if mistakes:
        raise ProfileError(mistakes)
    top = {_FIELDS.get(path, path): value for path, value in values.items() if path.count(".") == 0 or path in _FIELDS}
    netperf = msgspec.structs.replace(base.netperf, **_below("netperf", values))
    views = {view: _view(view, values, base) for view in {*base.views, *_children("views", values)}}
    if unsorted := list(_unsorted(views, lines, source)):
        raise ProfileError(unsorted)
    own = {"name": name, "source": source, "about": "", "contexts": (), "protected": (), "protected_servers": ()}
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
