"""The objects of the demo API server, with resource versions and the history that watches replay.

Objects are kept as JSON text: a list of 10,000 pods is then a join of bytes, and their memory is what they weigh.
"""

import bisect
import itertools
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any, Literal

import msgspec

from bwtop.demo.errors import already_exists, conflict, expired, not_found
from bwtop.demo.kinds import KINDS, Kind

EventType = Literal["ADDED", "MODIFIED", "DELETED"]
Key = tuple[str, str]
"""Namespace and name."""
HISTORY = 8192
"""Changes that each kind remembers; a watch from an older version is told 410."""


class Stored(msgspec.Struct, frozen=True, gc=False):
    """One version of one object; what selectors ask for stands beside the text."""

    namespace: str
    name: str
    version: int
    labels: dict[str, str]
    node: str
    phase: str
    ip: str
    raw: bytes
    """JSON without kind and apiVersion, as items of a list have it."""

    @property
    def key(self) -> Key:
        return self.namespace, self.name

    def body(self) -> dict[str, Any]:
        """The object as fresh dicts, without kind and apiVersion."""
        found: dict[str, Any] = msgspec.json.decode(self.raw)
        return found

    def whole(self, kind: Kind) -> bytes:
        """JSON with kind and apiVersion, as a get or a watch event has it."""
        return b'{"kind":"%b","apiVersion":"%b",' % (kind.kind.encode(), kind.api_version.encode()) + self.raw[1:]


class Change(msgspec.Struct, frozen=True, gc=False):
    type: EventType
    object: Stored
    before: Stored | None
    """The version before; None for a new object."""


class Collection:
    """All objects of one kind, sorted as etcd has them: by namespace, then name."""

    def __init__(self, kind: Kind) -> None:
        self.kind = kind
        self.compacted = 0
        """Watches that start at an older version are answered 410."""
        self._objects: dict[Key, Stored] = {}
        self._keys: list[Key] | None = []
        self._history: deque[Change] = deque(maxlen=HISTORY)
        self._watchers: set[Callable[[Change], None]] = set()

    def __len__(self) -> int:
        return len(self._objects)

    def __iter__(self) -> Iterator[Stored]:
        return (self._objects[key] for key in self._sorted())

    def find(self, namespace: str, name: str) -> Stored | None:
        return self._objects.get((namespace, name))

    def get(self, namespace: str, name: str) -> Stored:
        """Raises StatusError 404."""
        found = self.find(namespace, name)
        if found is None:
            raise not_found(self.kind, name)
        return found

    def within(self, namespace: str) -> Iterable[Stored]:
        """The objects of one namespace; of all for the empty name."""
        if not namespace:
            return self
        keys = self._sorted()
        start, end = bisect.bisect_left(keys, (namespace, "")), bisect.bisect_left(keys, (namespace + "\0", ""))
        return (self._objects[key] for key in keys[start:end])

    def since(self, version: int) -> Sequence[Change]:
        """What changed after `version`; raises StatusError 410 when that is forgotten."""
        if version < self.compacted:
            raise expired(asked=version, oldest=self.compacted)
        return [change for change in self._history if change.object.version > version]

    def compact(self, version: int) -> None:
        """Forgets the history up to `version`."""
        self.compacted = version
        self._history.clear()

    def subscribe(self, watcher: Callable[[Change], None]) -> Callable[[], None]:
        """Calls `watcher` at every change until the function that is returned is called."""
        self._watchers.add(watcher)
        return lambda: self._watchers.discard(watcher)

    def load(self, stored: Stored) -> None:
        self._objects[stored.key] = stored
        self._keys = None

    def apply(self, change: Change) -> None:
        key = change.object.key
        if change.type == "DELETED":
            del self._objects[key]
        else:
            self._objects[key] = change.object
        if change.type != "MODIFIED":
            self._keys = None
        if len(self._history) == HISTORY:
            self.compacted = self._history[0].object.version
        self._history.append(change)
        for watcher in tuple(self._watchers):
            watcher(change)

    def _sorted(self) -> list[Key]:
        if self._keys is None:
            self._keys = sorted(self._objects)
        return self._keys


class Store:
    """Every kind's collection and the one counter of resource versions."""

    def __init__(self, *, version: int) -> None:
        self.version = version
        self.collections = {kind.plural: Collection(kind) for kind in KINDS}
        self._versions = itertools.count(version + 1)

    def __getitem__(self, kind: Kind) -> Collection:
        return self.collections[kind.plural]

    def load(self, kind: Kind, body: dict[str, Any]) -> None:
        """Takes an object that was there before the server started: nobody is told."""
        self[kind].load(self._stored(body))

    def begin(self) -> None:
        """All is loaded: lists and watches begin here."""
        for collection in self.collections.values():
            collection.compacted = self.version

    def create(self, kind: Kind, body: dict[str, Any]) -> Stored:
        """Raises StatusError 409 when the name is taken."""
        metadata = body["metadata"]
        if self[kind].find(metadata.get("namespace", ""), metadata["name"]):
            raise already_exists(kind, metadata["name"])
        stored = self._stored(body)
        self[kind].apply(Change("ADDED", stored, None))
        return stored

    def update(self, kind: Kind, body: dict[str, Any]) -> Stored:
        """Raises StatusError 404, or 409 when `resourceVersion` is not the current one; no change, no new version."""
        metadata = body["metadata"]
        before = self[kind].get(metadata.get("namespace", ""), metadata["name"])
        if metadata.get("resourceVersion", str(before.version)) != str(before.version):
            raise conflict(kind, before.name)
        if body == before.body():
            return before
        stored = self._stored(body)
        self[kind].apply(Change("MODIFIED", stored, before))
        return stored

    def delete(self, kind: Kind, namespace: str, name: str) -> Stored:
        """Returns the last state; raises StatusError 404."""
        before = self[kind].get(namespace, name)
        stored = self._stored(before.body())
        self[kind].apply(Change("DELETED", stored, before))
        return stored

    def _stored(self, body: dict[str, Any]) -> Stored:
        self.version = version = next(self._versions)
        return encode(body, version=version)


def encode(body: dict[str, Any], *, version: int) -> Stored:
    """Sets the object's resource version and keeps it as text."""
    metadata, spec, status = body["metadata"], body.get("spec") or {}, body.get("status") or {}
    metadata["resourceVersion"] = str(version)
    bare = {key: value for key, value in body.items() if key not in ("kind", "apiVersion")}
    return Stored(
        namespace=metadata.get("namespace", ""),
        name=metadata["name"],
        version=version,
        labels=metadata.get("labels") or {},
        node=spec.get("nodeName", ""),
        phase=status.get("phase", ""),
        ip=status.get("podIP", ""),
        raw=msgspec.json.encode(bare),
    )
