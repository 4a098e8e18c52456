"""The YAML of a demo cluster as values; an unknown key is an error."""

from enum import Enum
from importlib import resources
from typing import Any

import msgspec
import yaml

import bwtop_profiles
from bwtop.model.yaml_values import SAFE_LOADER


class AgentFault(Enum):
    """What can be wrong with a node's cilium-agent."""

    DOWN = "down"
    """The pod is there, its container does not run."""
    FORBIDDEN = "forbidden"
    """An admission webhook refuses exec into this pod."""
    SILENT = "silent"
    """Exec connects and nothing ever comes."""
    GARBAGE = "garbage"
    """Commands print what is no JSON."""
    NOISY = "noisy"
    """Log lines around the JSON."""
    CUT = "cut"
    """The connection breaks in the middle of a frame."""
    NO_SHELL = "no-shell"
    """The image has Cilium's own commands and nothing else: no sh, no cat, no timeout."""
    LOUD = "loud"
    """Five megabytes of log lines before the JSON."""
    UNREACHABLE = "unreachable"
    """The container runs, the agent in it does not answer its socket."""


class Pattern(Enum):
    """How much a workload wants to send over time."""

    IDLE = "idle"
    STEADY = "steady"
    BURSTY = "bursty"
    DIURNAL = "diurnal"
    """A wave; a day takes three minutes."""
    GREEDY = "greedy"
    """As much as it gets."""


class _Spec(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    pass


class CiliumSpec(_Spec):
    version: str = "1.13.4"
    manager: bool = True
    congestion_control: str = "cubic"
    devices: list[str] = msgspec.field(default_factory=lambda: ["eth0"])
    chaining: str = "none"
    routing: str = "native"
    """`native`, or the tunnel protocol."""
    host_routing: str = "Legacy"
    kube_proxy_replacement: bool = False
    encryption: str = "Disabled"
    interfaces: str = "lxc"
    """First letters of the pods' host side interfaces."""
    other_devices: list[str] = []
    """Network cards that carry traffic and that the manager did not take."""
    egress_program: bool = True
    """Attached to the devices; without it the map limits nothing."""
    delay: tuple[float, float] = (0.8, 2.5)
    """Seconds that the agent takes to apply an annotation, least and most."""
    fault: AgentFault | None = None
    leftovers: dict[int, str] = {}
    """Rows of the map whose endpoint is gone: endpoint ID and limit."""


class NodeSpec(_Spec):
    name: str
    ip: str
    cilium_internal_ip: str
    kernel: str = "5.10.184-175.749.amzn2.x86_64"
    os_image: str = "Amazon Linux 2"
    runtime: str = "containerd://1.6.19"
    instance_type: str = "t3.medium"
    zone: str = "us-east-1a"
    age: str = "13d"
    host_endpoint: int | None = None
    health_endpoint: int | None = None
    cilium: dict[str, Any] = {}
    """What differs from the cluster's `cilium`."""


class NodePool(_Spec):
    """Many like nodes: their names, addresses and zones are counted up."""

    count: int
    network: str = "10.0"
    """First two numbers of their addresses."""
    instance_type: str = "m6i.xlarge"
    age: str = "13d"
    cilium: dict[str, Any] = {}


class TrafficSpec(_Spec):
    pattern: Pattern = Pattern.IDLE
    bits: str = "0"
    """Bits/s that it wants at its height, a Quantity."""
    udp: bool = False
    """Sent without regard to loss: the interface shows it all, the limit drops it."""
    local: bool = False
    """To pods of its own node, where no limit applies."""


class Edits(_Spec):
    """Somebody's script that edits the annotation for ever."""

    every: float
    limits: list[str]


class PodSpec(_Spec):
    name: str | None = None
    node: str | None = None
    ip: str | None = None
    ipv6: str | None = None
    endpoint: int | None = None
    interface: str | None = None
    limit: str | None = None
    """`kubernetes.io/egress-bandwidth`; None: as the workload has it."""
    traffic: TrafficSpec | None = None
    programmed: str | None = None
    """A map row that differs from what is asked; empty: no row at all. Holds until the annotation is edited."""
    edits: Edits | None = None
    unschedulable: bool = False
    endpoint_state: str = "ready"
    restarts: int = 0


class WorkloadSpec(_Spec):
    name: str
    namespace: str = "default"
    namespaces: list[str] = []
    """The same workload in each of these instead."""
    kind: str = "Deployment"
    replicas: int = 1
    labels: dict[str, str] = {}
    """`app: NAME` when empty."""
    image: str = "registry.k8s.io/pause:3.9"
    container: str = ""
    """The workload's name when empty."""
    args: list[str] = []
    host_network: bool = False
    anti_affinity: dict[str, str] = {}
    """Labels of pods with which it may not share a node."""
    limit: str | None = None
    ingress_limit: str | None = None
    priority: str | None = None
    """`bandwidth.cilium.io/priority`."""
    traffic: TrafficSpec = msgspec.field(default_factory=TrafficSpec)
    identity: int | None = None
    policy: bool = False
    """Network policies select it: enforcement is on."""
    age: str = "5d4h"
    pods: list[PodSpec] = []
    """Its first pods, where they matter; the rest is made up."""


class ClusterSpec(_Spec):
    about: str
    kubernetes: str = "v1.26.15-eks-1f8d2a3"
    cilium: dict[str, Any] = {}
    nodes: list[NodeSpec] = []
    pools: list[NodePool] = []
    workloads: list[WorkloadSpec] = []
    objects: list[dict[str, Any]] = []
    """Further objects, as one would write them for kubectl: policies, CiliumNodeConfigs."""
    pod_network: str = ""
    """First number of made-up pod addresses; empty: pods are in their node's own network, as with ENIs."""


def cluster_names() -> list[str]:
    """The clusters that come with bwtop, sorted."""
    files = resources.files(bwtop_profiles).joinpath("clusters").iterdir()
    return sorted(file.name.removesuffix(".yaml") for file in files if file.name.endswith(".yaml"))


def cluster_spec(name: str) -> ClusterSpec:
    """Reads a cluster by name; raises KeyError for an unknown one, with the names that there are."""
    if name not in cluster_names():
        raise KeyError(f"no demo cluster {name!r}; there are: {', '.join(cluster_names())}")
    text = resources.files(bwtop_profiles).joinpath("clusters", f"{name}.yaml").read_text()
    return msgspec.convert(yaml.load(text, SAFE_LOADER), ClusterSpec)
