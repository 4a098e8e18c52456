"""`bwtop info`: versions and paths, for a bug report."""

import platform
import sys
from importlib.metadata import version

import click

from bwtop import __version__

_PACKAGES = ("textual", "rich", "aiohttp", "msgspec", "PyYAML", "click")


@click.command(short_help="Versions, for a bug report.")
def info() -> None:
    """Print versions of bwtop and of what it stands on."""
    lines = {"bwtop": __version__, "python": f"{platform.python_version()} {sys.executable}"}
    lines |= {name.lower(): version(name) for name in _PACKAGES}
    width = max(map(len, lines))
    for name, value in lines.items():
        click.echo(f"{name:<{width}}   {value}")
