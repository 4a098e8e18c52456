"""The few styles that text on a screen may have; each says the same in every widget."""

from rich.style import Style
from textual.widget import Widget

TONES = ("dim", "good", "warn", "bad", "accent", "bold")


def component_classes(prefix: str) -> set[str]:
    return {f"{prefix}--{tone}" for tone in TONES}


def tone_css(prefix: str) -> str:
    """Rules for the component classes of a widget, to stand within its own rule."""
    return f"""
    & > .{prefix}--dim {{ color: $text-muted; }}
    & > .{prefix}--good {{ color: $text-success; }}
    & > .{prefix}--warn {{ color: $text-warning; }}
    & > .{prefix}--bad {{ color: $text-error; text-style: bold; }}
    & > .{prefix}--accent {{ color: $text-accent; }}
    & > .{prefix}--bold {{ text-style: bold; }}
    """


def tone_styles(widget: Widget, prefix: str) -> dict[str, Style]:
    """What the theme makes of them; the empty name is the widget's own style."""
    styles = {tone: widget.get_component_rich_style(f"{prefix}--{tone}") for tone in TONES}
    return styles | {"": widget.rich_style}
