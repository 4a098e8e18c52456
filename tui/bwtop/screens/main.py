"""The main screen: the tables with all their keys."""

from bwtop.screens.keys.columns import ColumnKeys
from bwtop.screens.keys.copy import CopyKeys
from bwtop.screens.keys.detail import DetailKeys
from bwtop.screens.keys.edit import EditKeys
from bwtop.screens.keys.explain import ExplainKeys
from bwtop.screens.keys.marks import MarkKeys
from bwtop.screens.keys.netperf import NetperfKeys
from bwtop.screens.keys.order import OrderKeys
from bwtop.screens.keys.places import PlaceKeys
from bwtop.screens.keys.sources import SourceKeys
from bwtop.screens.keys.tape import TapeLine
from bwtop.screens.keys.views import ViewKeys


class MainScreen(
    TapeLine,
    SourceKeys,
    PlaceKeys,
    CopyKeys,
    MarkKeys,
    OrderKeys,
    ColumnKeys,
    NetperfKeys,
    ViewKeys,
    ExplainKeys,
    EditKeys,
    DetailKeys,
):
    """The keys named last come first in the footer."""

    CSS_PATH = [  # noqa: RUF012 - as Textual declares it
        "main.tcss",
        "../panels/detail_panel.tcss",
        "../panels/netperf_panel.tcss",
    ]
    BINDING_GROUP_TITLE = "bwtop"
