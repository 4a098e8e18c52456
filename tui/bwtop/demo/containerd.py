"""What containerd makes of the bandwidth annotations when it starts a pod; it never looks at them again."""

from collections.abc import Mapping

from bwtop.demo.agent import EGRESS, INGRESS
from bwtop.model.quantity import QuantityError, quantity_value

LEAST, MOST = 1_000, 10**15


def refused_by_containerd(annotations: Mapping[str, str]) -> str:
    """Why no sandbox is made; empty where one is. Source: pkg/cri/bandwidth/utils.go, its spelling included."""
    for text in filter(None, (annotations.get(EGRESS), annotations.get(INGRESS))):
        try:
            value = quantity_value(text)
        except QuantityError as error:
            return f"reading pod bandwidth annotations: {error}"
        if value < LEAST:
            return "reading pod bandwidth annotations: resource is unreasonably small (< 1kbit)"
        if value > MOST:
            return "reading pod bandwidth annotations: resoruce is unreasonably large (> 1Pbit)"
    return ""
