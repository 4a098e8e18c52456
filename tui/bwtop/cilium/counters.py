"""/proc/net/dev and /proc/uptime of an agent, which runs in the node's network namespace."""

import re

from bwtop.cilium.output import OutputError

_INTERFACE = re.compile(r"^ *(\S+): *([0-9]+)(?: +[0-9]+){15} *$", re.MULTILINE)
_UPTIME = re.compile(r"^([0-9]+(?:\.[0-9]+)?) [0-9]+(?:\.[0-9]+)?$", re.MULTILINE)


def read_net_dev(text: str) -> dict[str, int]:
    """Bytes received by interface; what the host side of a pod's interface receives is the pod's egress."""
    counters = {name: int(received) for name, received in _INTERFACE.findall(text)}
    if not counters:
        raise OutputError("the interface counters of /proc/net/dev", text)
    return counters


def read_uptime(text: str) -> float:
    """Seconds since the node started."""
    if (found := _UPTIME.search(text)) is None:
        raise OutputError("the seconds of /proc/uptime", text)
    return float(found[1])
