"""`bwtop replay`: the screen on a recording."""

import contextlib
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import click

from bwtop.cli.errors import UsageError, guarded
from bwtop.cli.terminal import looks_flags, need_terminal, read_looks
from bwtop.model.moment import FORMS, moment
from bwtop.model.place import Place


@click.command(short_help="Play what bwtop record made.")
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@click.option("--at", metavar="MOMENT", default="0s", help=f"Where to begin: {FORMS}.")
@click.option("--speed", type=click.FloatRange(0.1, 100), default=1.0, show_default=True, help="Times as fast.")
@click.option("--paused", is_flag=True, help="Begin paused.")
@click.option("--debug", is_flag=True, help="Show the traceback of an error.")
@looks_flags
def replay(file: Path, at: str, speed: float, paused: bool, debug: bool, **flags: Any) -> None:  # noqa: ANN401
    """Play FILE, which `bwtop record` made, on the same screen.

    p pauses, . and , go to the next change and back, > and < half a minute, @ to a moment, ] and [ faster and slower.
    Nothing is asked of a cluster, and nothing can be changed.
    """
    with guarded(debug=debug):
        from bwtop.live.recording.reader import open_recording

        recording = open_recording(file)
        need_terminal("there is no other way to see a recording yet")
        started = recording.header.started
        try:
            start = moment(at, position=0.0, duration=_duration(recording, at), started=started)
        except ValueError as error:
            raise UsageError(f"--at: {error}") from None
        from bwtop.app import BwtopApp
        from bwtop.cli.config_file import keep_columns, load_config
        from bwtop.cli.screen import run_app
        from bwtop.live.recording.replay import Replay
        from bwtop.screens.replay import ReplayScreen

        class ReplayApp(BwtopApp):
            MAIN = ReplayScreen

        @contextlib.asynccontextmanager
        async def opened(_place: Place) -> AsyncIterator[Replay]:
            played = Replay(recording, speed=speed, start=start)
            played.pause(paused=paused)
            yield played

        looks, place = read_looks(flags), Place(context=recording.header.context)
        config = load_config()
        run_app(
            lambda: ReplayApp(
                opened, place=place, theme=looks.theme, ascii=looks.ascii, config=config, keep_columns=keep_columns
            )
        )


def _duration(recording: Any, at: str) -> float:  # noqa: ANN401 - imported late
    """Only a share of the whole needs it, and a long recording takes a while to measure."""
    return float(recording.duration()) if "%" in at else 0.0
