"""A modal screen that tells its keys: the keys of the app, its help among them, do not reach into one."""

from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.screen import ModalScreen, ScreenResultType


class Dialog(ModalScreen[ScreenResultType]):
    """Where something is typed a question mark is a character, so that help has a key besides.

    The app has the action `help`, for whatever screen is on top.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(
            "f1,question_mark", "app.help", "Keys", show=False, id="dialog.help", tooltip="The keys of this dialog"
        ),
    ]


if __name__ == "__main__":
    from bwtop_widgets.gallery import TextGallery

    TextGallery().run()
