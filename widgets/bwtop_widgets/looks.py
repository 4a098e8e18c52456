"""How the screen looks on this terminal: its glyphs, its colours, and its last picture in the scrollback."""

from collections.abc import Mapping, Sequence
from typing import Any

from textual.app import App
from textual.filter import Monochrome, NoColor

from bwtop_widgets.glyphs import AsciiFilter

ANSI_THEME = "ansi-dark"
"""The terminal's own 16 colours and its own background."""
_FEW_GLYPHS = ("linux", "vt", "ansi", "cons25", "sun")
"""Starts of TERM: consoles whose fonts lack the eighths of a block."""


def has_glyphs(environ: Mapping[str, str]) -> bool:
    """Whether the terminal shows UTF-8 and has a font for it, by the locale and TERM."""
    if environ.get("TERM", "").startswith(_FEW_GLYPHS):
        return False
    locale = environ.get("LC_ALL") or environ.get("LC_CTYPE") or environ.get("LANG") or "C.UTF-8"
    return "utf" in locale.lower()


def theme_for(app: App[Any], asked: str = "") -> str:
    """The theme that was asked for; the terminal's own colours where it has 16, or none are wanted (NO_COLOR).

    Raises ValueError, naming those there are, when there is no such theme.
    """
    if asked:
        if asked not in app.available_themes:
            raise ValueError(f"there is no theme {asked!r}; there are {', '.join(sorted(app.available_themes))}")
        return asked
    few = app.console.color_system in (None, "standard")
    return ANSI_THEME if few or app.no_color else app.theme


def dress(app: App[Any], *, theme: str = "", ascii: bool = False) -> None:
    """To be called before the app runs; raises ValueError as `theme_for` does."""
    app.animation_level = "none"
    app.theme = theme_for(app, theme)
    if app.native_ansi_color:  # Textual chose by its default theme: grey, which an ansi theme turns to black on black
        app._filters = [NoColor() if isinstance(one, Monochrome) else one for one in app._filters]
    if ascii:
        app._filters.append(AsciiFilter())


def picture(app: App[Any]) -> str:
    """What the screen shows now, with its colours, as lines to print when it is gone."""
    strips: Sequence[Any] = app.screen._compositor.render_strips()
    return "".join(f"{strip.render(app.console)}\x1b[0m\n" for strip in strips)
