"""Which rows of a table are marked, to be acted on together: the part of marking that knows no screen."""

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence


class Marks:
    """Keys of rows, also of those that a filter hides; `changed` is called after each change."""

    def __init__(self, changed: Callable[[], None]) -> None:
        self._keys: set[str] = set()
        self._last: str | None = None
        """Where a range begins."""
        self._changed = changed

    def __len__(self) -> int:
        return len(self._keys)

    def __contains__(self, key: object) -> bool:
        return key in self._keys

    def __iter__(self) -> Iterator[str]:
        return iter(sorted(self._keys))

    def toggle(self, key: str) -> None:
        self._last = key
        self._set(self._keys ^ {key})

    def extend(self, key: str, order: Sequence[str]) -> None:
        """Marks all rows of `order` from the last one that was marked by hand to this one."""
        start, end = order.index(self._last if self._last in order else key), order.index(key)
        self._last = key
        self._set(self._keys | set(order[min(start, end) : max(start, end) + 1]))

    def invert(self, shown: Iterable[str]) -> None:
        """Marked rows among these become unmarked, and the other way round; what is hidden stays as it is."""
        self._set(self._keys ^ set(shown))

    def clear(self) -> None:
        self._set(set())

    def keep(self, existing: Callable[[str], bool]) -> None:
        """Forgets rows that are gone."""
        if self._keys:
            self._set(set(filter(existing, self._keys)))

    def _set(self, keys: Collection[str]) -> None:
        if keys != self._keys:
            self._keys = set(keys)
            self._changed()
