"""CiliumNetworkPolicy and CiliumClusterwideNetworkPolicy: which of them send a pod's egress through the L7 proxy.

What goes through the proxy leaves the node as the proxy's traffic, not as the pod's: Cilium's documentation says that
the limit of a pod which an L7 policy selects at egress is not enforced.
"""

from collections.abc import Iterable, Iterator, Sequence

import msgspec

from bwtop.cilium.selectors import Selector, label_mapping, selects
from bwtop.cilium.wire import Wire
from bwtop.model.pod_facts import L7Policy
from bwtop.model.printable import printable

NAMESPACE_LABEL = "io.kubernetes.pod.namespace"


class _Rules(Wire):
    http: tuple[object, ...] | None = None
    kafka: tuple[object, ...] | None = None
    dns: tuple[object, ...] | None = None
    l7proto: str | None = None

    @property
    def protocols(self) -> Iterator[str]:
        for name in ("http", "kafka", "dns"):
            if getattr(self, name):
                yield name
        if self.l7proto:
            yield printable(self.l7proto, limit=20)


class _Ports(Wire):
    rules: _Rules | None = None
    listener: object = None
    """Of an Envoy configuration."""
    terminating_tls: object = msgspec.field(default=None, name="terminatingTLS")
    originating_tls: object = msgspec.field(default=None, name="originatingTLS")


class _Egress(Wire):
    to_ports: tuple[_Ports, ...] | None = None


class _Rule(Wire):
    endpoint_selector: Selector | None = None
    egress: tuple[_Egress, ...] | None = None


class _Metadata(Wire):
    name: str = ""
    namespace: str = ""


class Policy(Wire):
    metadata: _Metadata = msgspec.field(default_factory=_Metadata)
    spec: _Rule | None = None
    specs: tuple[_Rule, ...] | None = None


class PolicyList(Wire):
    items: tuple[Policy, ...] | None = None


def l7_policies(policies: Iterable[Policy], *, namespace: str, labels: tuple[str, ...]) -> Sequence[L7Policy]:
    """Those that hold for a pod with these labels, `k8s:app=web` or `app=web`."""
    known = label_mapping(labels) | {NAMESPACE_LABEL: namespace}
    found = []
    for policy in policies:
        if policy.metadata.namespace not in ("", namespace):
            continue
        rules = [rule for rule in (policy.spec, *(policy.specs or ())) if rule and _selects(rule, known)]
        if protocols := tuple(dict.fromkeys(name for rule in rules for name in _protocols(rule))):
            found.append(L7Policy(_called(policy), protocols))
    return found


def _selects(rule: _Rule, labels: dict[str, str]) -> bool:
    """A rule without an endpointSelector is about nodes."""
    return rule.endpoint_selector is not None and selects(rule.endpoint_selector, labels)


def _protocols(rule: _Rule) -> Iterator[str]:
    for egress in rule.egress or ():
        for ports in egress.to_ports or ():
            if ports.rules is not None:
                yield from ports.rules.protocols
            if ports.listener is not None:
                yield "envoy"
            if ports.terminating_tls is not None or ports.originating_tls is not None:
                yield "tls"


def _called(policy: Policy) -> str:
    meta = policy.metadata
    kind = "CiliumNetworkPolicy" if meta.namespace else "CiliumClusterwideNetworkPolicy"
    return f"{kind} {meta.namespace}/{meta.name}" if meta.namespace else f"{kind} {meta.name}"
