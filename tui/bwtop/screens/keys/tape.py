"""That a recording is made of what is shown."""

from collections.abc import Iterator

from bwtop.panels.tape import recording_segments
from bwtop.screens.tables import TablesScreen
from bwtop_widgets.status_bar import LineSegment


class TapeLine(TablesScreen):
    def tape_segments(self) -> Iterator[LineSegment]:
        if self.store.tape is not None:
            yield from recording_segments(self.store.tape)
