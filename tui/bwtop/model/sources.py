"""Where the rules of `doctor` and `explain` come from: a line in Cilium's source, issues or documentation, and a page.

What was measured was measured with real agents (1.14.19 and 1.18.4) and netperf.
"""

from typing import Final

import msgspec

_DOCS: Final = "https://docs.cilium.io/en/stable"
_BANDWIDTH: Final = f"{_DOCS}/network/kubernetes/bandwidth-manager/"


class Source(msgspec.Struct, frozen=True):
    rule: str
    """File of cilium/cilium, issue, or what was measured."""
    link: str
    """The page to read about it."""


ACCESS = Source(
    "Kubernetes RBAC; what bwtop asks for stands in its README",
    "https://kubernetes.io/docs/reference/access-authn-authz/rbac/",
)
API_SERVER = Source("Kubernetes: GET /version", "https://kubernetes.io/docs/reference/using-api/")
WHO_AM_I = Source(
    "Kubernetes: SelfSubjectReview, from 1.28 on",
    "https://kubernetes.io/docs/reference/access-authn-authz/authentication/",
)
AGENTS = Source("k8s-app=cilium in every chart from 1.9 on", f"{_DOCS}/operations/troubleshooting/")
OPERATOR = Source("io.cilium/app=operator in the charts", f"{_DOCS}/internals/cilium_operator/")
VERSIONS = Source("pkg/maps/bwmap, by version: map, annotations and states differ", f"{_DOCS}/operations/upgrade/")
MANAGER = Source(
    "pkg/datapath/linux/bandwidth/bandwidth.go: Enabled() may be false although the ConfigMap says true", _BANDWIDTH
)
NODE_CONFIG = Source(
    "cilium-dbg build-config, from 1.13 on: a CiliumNodeConfig overrides the ConfigMap",
    f"{_DOCS}/configuration/per-node-config/",
)
KERNEL = Source(
    "pkg/datapath/linux/bandwidth: EDT needs kernel 5.1, --enable-bbr 5.18 (bpf_skb_set_tstamp)",
    f"{_DOCS}/operations/system_requirements/",
)
BBR = Source(
    "pkg/datapath/linux/bandwidth: --enable-bbr needs kernel 5.18 and BPF host routing", f"{_BANDWIDTH}#bbr-for-pods"
)
EGRESS_PROGRAM = Source(
    "pkg/option/config.go AreDevicesRequired, without the bandwidth manager from 1.15 on; cilium#39167; measured",
    _BANDWIDTH,
)
DEVICES = Source("cilium#16790: on devices that the manager did not take nothing is limited", _BANDWIDTH)
CHAINING = Source("Documentation/installation/cni-chaining.rst", f"{_DOCS}/installation/cni-chaining/")
AWS_CNI = Source(
    "Documentation/installation/cni-chaining-aws-cni.rst: AWS VPC CNI 1.11.2 or newer",
    f"{_DOCS}/installation/cni-chaining-aws-cni/",
)
BANDWIDTH_PLUGIN = Source(
    "Documentation/network/kubernetes/bandwidth-manager.rst: not together with the CNI plugin `bandwidth`", _BANDWIDTH
)
HOST_ROUTING = Source(
    "Documentation/network/kubernetes/bandwidth-manager.rst: BPF host routing is strongly recommended",
    f"{_DOCS}/operations/performance/tuning/#ebpf-host-routing",
)
IPSEC = Source(
    "pkg/datapath/linux/bandwidth: `cannot be used with IPSec. Disabling the bandwidth manager.`",
    f"{_DOCS}/security/network/encryption-ipsec/",
)
WIREGUARD = Source(
    "cilium#22203: pod to pod not limited, reported for 1.12.3 and 1.14.3",
    f"{_DOCS}/security/network/encryption-wireguard/",
)
ANNOTATION = Source("pkg/datapath/linux/bandwidth GetBytesPerSec: uint64(Quantity.Value() / 8)", _BANDWIDTH)
APPLIED = Source("pkg/endpoint/events.go EndpointPolicyBandwidthEvent: live, without a restart; measured", _BANDWIDTH)
MAP = Source("pkg/maps/bwmap: the key is the endpoint ID, although the column says IDENTITY", _BANDWIDTH)
ENDPOINT = Source(
    "pkg/k8s/apis/cilium.io/v2 EndpointStatus.ID: the endpoint ID of the agent", f"{_DOCS}/gettingstarted/terminology/"
)
HOST_NETWORK = Source(
    "bpf/bpf_host.c cil_from_host: traffic of the host `must not be subject to EDT rate-limiting`", _BANDWIDTH
)
SAME_NODE = Source(
    "bpf/bpf_host.c cil_to_netdev applies the limit at native devices only; cilium#15824; measured", _BANDWIDTH
)
DIRECTION = Source("Documentation: egress-bandwidth limits what the annotated pod sends", _BANDWIDTH)
L7_POLICY = Source(
    "Documentation/network/kubernetes/bandwidth-manager.rst, limitations: L7 policies at egress",
    f"{_BANDWIDTH}#limitations",
)
KIND = Source(
    "Documentation/network/kubernetes/bandwidth-manager.rst, limitations: nested network namespaces; cilium#33851",
    f"{_BANDWIDTH}#limitations",
)
INGRESS = Source("cilium#36351: kubernetes.io/ingress-bandwidth works from 1.18 on", _BANDWIDTH)
INGRESS_CHAINING = Source(
    "cilium#43518, #46431: silently not enforced with generic-veth chaining",
    f"{_DOCS}/installation/cni-chaining-generic-veth/",
)
RATE = Source(
    "measured: the counter of the host side shows what the pod offers, before the limit; UDP is dropped", _BANDWIDTH
)
COST = Source("counted by bwtop itself", "https://kubernetes.io/docs/concepts/cluster-administration/flow-control/")
