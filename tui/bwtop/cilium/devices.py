"""Network cards of a node beside those that the bandwidth manager took.

Devices are chosen when the agent starts (and by flag `devices`); one that comes later, as ENIs do, has no limit on it
(cilium#16790). By name only: what is a card is not told by /proc/net/dev.
"""

import re
from collections.abc import Collection, Iterable, Mapping

_CARD = re.compile(r"(eth|en[opsx]|em|ib|wlan|wl[ops])[0-9][0-9a-zA-Z]*")
_COMPOUND = re.compile(r"(bond|team|br)")
"""Made of cards that are not to be limited themselves; which ones is not told."""


def network_cards(received: Mapping[str, int]) -> tuple[str, ...]:
    """Those that have received something, sorted; `received` are bytes by interface."""
    return tuple(sorted(name for name, count in received.items() if count and _CARD.fullmatch(name)))


def other_devices(cards: Iterable[str], *, managed: Collection[str]) -> tuple[str, ...]:
    """Cards that are not the manager's; none beside bonds, teams and bridges.

    The card below a VLAN of the manager's (`eth0.100`) is not counted either.
    """
    if any(_COMPOUND.match(name) for name in managed):
        return ()
    below = {name.partition(".")[0] for name in managed}
    return tuple(name for name in cards if name not in managed and name not in below)
