"""Label selectors of Kubernetes objects, as CiliumNodeConfig and Cilium's policies have them."""

from collections.abc import Mapping

from bwtop.cilium.wire import Wire


class Expression(Wire):
    key: str = ""
    operator: str = ""
    values: tuple[str, ...] | None = None


class Selector(Wire):
    match_labels: dict[str, str | None] | None = None
    match_expressions: tuple[Expression, ...] | None = None


def selects(selector: Selector, labels: Mapping[str, str]) -> bool:
    """An empty selector selects everything; an operator that is not known selects nothing."""
    equal = all(labels.get(_bare(key)) == (value or "") for key, value in (selector.match_labels or {}).items())
    return equal and all(_holds(one, labels) for one in selector.match_expressions or ())


def label_mapping(labels: tuple[str, ...]) -> dict[str, str]:
    """Of `key=value`, also `k8s:key=value` as an identity has them."""
    pairs = (label.partition("=") for label in labels)
    return {_bare(key): value for key, _, value in pairs}


def _holds(one: Expression, labels: Mapping[str, str]) -> bool:
    found, values = labels.get(_bare(one.key)), one.values or ()
    match one.operator:
        case "In":
            return found in values
        case "NotIn":
            return found not in values
        case "Exists":
            return found is not None
        case "DoesNotExist":
            return found is None
    return False


def _bare(key: str) -> str:
    """Cilium writes where a label comes from before it: `k8s:app`, `any:app`."""
    return key.removeprefix("k8s:").removeprefix("any:")
