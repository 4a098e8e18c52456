"""The Textual app: opens the cluster once the first frame stands, and ends when it is told to."""

import asyncio
import contextlib
import signal
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from typing import ClassVar

from textual import on
from textual.app import App
from textual.binding import Binding, BindingType
from textual.drivers.linux_driver import LinuxDriver

from bwtop.collector import Collector
from bwtop.kube.errors import KubeError
from bwtop.live.cluster import Cluster
from bwtop.model.config import Config
from bwtop.model.place import Contexts, Place
from bwtop.screens.keys.columns import KeepColumns, kept_nowhere
from bwtop.screens.keys.places import ListContexts
from bwtop.screens.main import MainScreen
from bwtop.screens.palette import Commands
from bwtop_widgets.key_order import in_declared_order
from bwtop_widgets.lasting_driver import LastingDriver
from bwtop_widgets.looks import ANSI_THEME, dress, picture, theme_for

OpenCluster = Callable[[Place], AbstractAsyncContextManager[Cluster]]
HERE = Place()
NO_CONFIG = Config()
RETRY_SECONDS = 5.0


class BwtopApp(App[None]):
    """The screen on one cluster after the other."""

    MAIN: ClassVar[type[MainScreen]] = MainScreen
    TITLE = "bwtop"
    ENABLE_COMMAND_PALETTE = True
    COMMANDS = {Commands}  # noqa: RUF012 - as Textual declares it
    PAUSE_GC_ON_SCROLL = True
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("q", "quit", "Quit", id="app.quit", tooltip="Leave bwtop"),
        Binding(
            "Q",
            "quit_with_picture",
            "Quit",
            show=False,
            id="app.quit-with-picture",
            tooltip="Leave bwtop, and leave its last picture in the terminal's scrollback",
        ),
        Binding("ctrl+q", "quit", "Quit", show=False, id="app.quit-now", tooltip="Leave bwtop"),
        Binding(
            "ctrl+c",
            "interrupt",
            "Quit",
            show=False,
            priority=True,
            id="app.interrupt",
            tooltip="Leave bwtop, also out of a dialog",
        ),
        Binding(
            "ctrl+z",
            "suspend_process",
            "Suspend",
            show=False,
            priority=True,
            id="app.suspend",
            tooltip="Back to the shell; fg brings bwtop again",
        ),
        Binding("M", "mouse", "Mouse", show=False, id="app.mouse", tooltip="Leave the mouse to the terminal, or not"),
        Binding("ctrl+t", "change_theme", "Theme", show=False, id="app.theme", tooltip="Choose other colours"),
        Binding("question_mark,f1", "help", "Help", id="app.help", tooltip="All keys and what the states mean"),
        Binding(
            "colon,ctrl+p", "command_palette", "Commands", show=False, id="app.palette", tooltip="Search all commands"
        ),
    ]

    def __init__(
        self,
        open_cluster: OpenCluster,
        *,
        place: Place = HERE,
        contexts: ListContexts = Contexts,
        theme: str = "",
        ascii: bool = False,
        writable: bool = False,
        config: Config = NO_CONFIG,
        keep_columns: KeepColumns = kept_nowhere,
    ) -> None:
        """`place` to begin with; `theme` empty: what suits the terminal.

        Raises ValueError when there is no such theme.
        """
        super().__init__(driver_class=LastingDriver)
        dress(self, theme=theme, ascii=ascii)
        self._may_redress = not theme and self.theme != ANSI_THEME
        self._own_theme = self._worn = self.theme
        self.last_picture = ""
        """For the scrollback, once the app has been left with `Q`."""
        self._open_cluster = open_cluster
        self._place = place
        self.collector: Collector | None = None
        """Where the process is the app's own."""
        self.main = self.MAIN(place, contexts=contexts)
        self.main.set_reactive(MainScreen.writable, writable)
        self.main.own_columns, self.main.keep_columns = config.columns, keep_columns
        self._config = config
        self.set_keymap({id: ",".join(keys) for id, keys in config.keys.items()})

    def on_mount(self) -> None:
        self.push_screen(self.main)
        self._end_on_signals()
        self._follow(self.main.place)
        for mistake in self._config.mistakes:
            self.notify(f"{mistake}", title="config left out", severity="error", timeout=30, markup=False)
        if self.collector:
            self.collector.begin()

    def _end_on_signals(self) -> None:
        """A closed terminal and a `kill` end bwtop as `q` does: the terminal restored, the connections closed."""
        loop = asyncio.get_running_loop()
        with contextlib.suppress(NotImplementedError, RuntimeError):  # not in a thread that is not the main one
            for number in (signal.SIGTERM, signal.SIGHUP, signal.SIGINT):
                loop.add_signal_handler(number, self._end, number)

    def _end(self, number: signal.Signals) -> None:
        """With the exit status that a shell expects of a program that the signal has ended."""
        self.exit(return_code=128 + number)

    def action_interrupt(self) -> None:
        """In raw mode ctrl-c is a key, and no signal."""
        self._end(signal.SIGINT)

    def _follow(self, place: Place) -> None:
        """The cluster before is left to end by itself, however long it takes."""
        self._place = place
        self.run_worker(self._live(place), group="cluster", exclusive=True)

    async def _live(self, place: Place) -> None:
        """Tries until there is a way to the cluster; from then on the watches repair themselves."""
        while self._place is place:
            try:
                async with self._open_cluster(place) as cluster:
                    if self._place is place:
                        self.main.show_cluster(cluster)
                        self._wear(cluster.profile.theme)
                        await cluster.run()
            except KubeError as error:
                if self._place is place:
                    self.main.show_failure(str(error), retry_in=RETRY_SECONDS)
            await asyncio.sleep(RETRY_SECONDS)

    def _wear(self, theme: str) -> None:
        """A profile's theme, unless one was asked for or the terminal has few colours; empty: bwtop's own."""
        wanted = theme or self._own_theme
        if not self._may_redress or wanted == self._worn:
            return
        self._worn = wanted
        try:
            self.theme = theme_for(self, wanted)
        except ValueError as error:
            self.notify(f"{error}", title="the profile's theme", severity="warning", markup=False)

    @on(MainScreen.Loaded)
    def _spare_the_collector(self) -> None:
        if self.collector:
            self.collector.set_aside()

    @on(MainScreen.PlaceChosen)
    async def _go(self, event: MainScreen.PlaceChosen) -> None:
        if self.collector:
            self.collector.look_at_all()
        self._follow(event.place)
        await self.main.show_place(event.place)

    def action_mouse(self) -> None:
        """Without it the terminal selects and copies by itself."""
        driver = self._driver
        if not isinstance(driver, LinuxDriver):
            self.notify("this terminal has no mouse to switch", severity="warning")
            return
        driver._mouse = not driver._mouse
        if driver._mouse:
            driver._enable_mouse_support()
        else:
            # Textual does not disable what it believes to be off.
            driver._mouse = True
            driver._disable_mouse_support()
            driver._mouse = False
        self.notify(
            "the mouse works in bwtop" if driver._mouse else "the mouse is the terminal's: select and copy there"
        )

    async def action_quit_with_picture(self) -> None:
        """Without the messages that lie over the rows."""
        await self.screen.query("Toast").remove()
        self.call_after_refresh(self._leave_picture)

    def _leave_picture(self) -> None:
        self.last_picture = picture(self)
        self.exit()

    def action_help(self) -> None:
        from bwtop.screens.help import HelpScreen

        bindings = [active.binding for active in in_declared_order(self.screen.active_bindings.values())]
        self.push_screen(HelpScreen(bindings, states=not self.screen.is_modal))
