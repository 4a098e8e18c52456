"""How old something is, as kubectl writes it, and a badge that says so beside a state."""

from bwtop_widgets.tone_line import ToneLine

_MINUTE, _HOUR, _DAY, _YEAR = 60, 3600, 86400, 365 * 86400


def format_age(seconds: float) -> str:
    """`42s`, `4m10s`, `35m`, `3h20m`, `3d4h`, `120d`, `3y40d`: coarser the older, like Go's `duration.HumanDuration`.

    A negative age, which clocks that differ by a little make, is `0s`.
    """
    age = max(0, int(seconds))
    if age < 2 * _MINUTE:
        return f"{age}s"
    if age < 10 * _MINUTE:
        return _two(age, _MINUTE, "m", 1, "s")
    if age < 3 * _HOUR:
        return f"{age // _MINUTE}m"
    if age < 8 * _HOUR:
        return _two(age, _HOUR, "h", _MINUTE, "m")
    if age < 2 * _DAY:
        return f"{age // _HOUR}h"
    if age < 8 * _DAY:
        return _two(age, _DAY, "d", _HOUR, "h")
    if age < 2 * _YEAR:
        return f"{age // _DAY}d"
    return _two(age, _YEAR, "y", _DAY, "d") if age < 8 * _YEAR else f"{age // _YEAR}y"


def steady_age(seconds: float) -> str:
    """The same for a table, where many ages stand one above the other: below ten minutes it counts whole minutes.

    A column of ages that tick is sent to the terminal again and again, and tells nobody more.
    """
    if seconds < _MINUTE:
        return "<1m"
    return f"{int(seconds) // _MINUTE}m" if seconds < 10 * _MINUTE else format_age(seconds)


def _two(age: int, large: int, large_name: str, small: int, small_name: str) -> str:
    rest = age % large // small
    return f"{age // large}{large_name}" + (f"{rest}{small_name}" if rest else "")


class AgeBadge(ToneLine):
    """A symbol, a word and an age: `● live 2s`. It is as wide as what it says."""

    DEFAULT_CSS = "AgeBadge { width: auto; }"

    def show(self, word: str, *, symbol: str = "", seconds: float | None = None, tone: str = "") -> None:
        """Paints only if this reads or looks different from before; without `seconds` there is no age."""
        age = "" if seconds is None else format_age(seconds)
        self.paint([(" ".join(filter(None, (symbol, word, age))), tone)])


if __name__ == "__main__":
    from bwtop_widgets.gallery import LinesGallery

    LinesGallery().run()
