"""`cilium status` of an agent, as JSON and as text, by version."""

import hashlib
from typing import Any

from bwtop.demo.eras import Era
from bwtop.demo.node import HEALTH_IDENTITY, Node
from bwtop.demo.times import rfc3339_milliseconds
from bwtop.demo.world import World

Document = dict[str, Any]
_APIS = (
    "cilium/v2::CiliumClusterwideNetworkPolicy",
    "cilium/v2::CiliumEndpoint",
    "cilium/v2::CiliumNetworkPolicy",
    "cilium/v2::CiliumNode",
    "core/v1::Namespace",
    "core/v1::Pods",
    "core/v1::Service",
    "discovery/v1::EndpointSlice",
    "networking.k8s.io/v1::NetworkPolicy",
)
_NEVER = "0001-01-01T00:00:00.000Z"
_MAPS = (
    ("Auth", 524_288),
    ("Non-TCP connection tracking", 73_080),
    ("TCP connection tracking", 146_160),
    ("Endpoints", 65_535),
    ("IP cache", 512_000),
    ("Policy", 16_384),
)


def commit(node: Node) -> str:
    """A revision for the version; made up."""
    return hashlib.sha256(node.cilium.version.encode()).hexdigest()


def document(world: World, node: Node) -> Document:
    """The fields of this version's `StatusResponse`, in its order."""
    era = node.agent.era
    fields: Document = {
        "attach-mode": "tc" if era.version >= (1, 16) else None,
        "bandwidth-manager": _bandwidth_manager(node),
        "bpf-maps": {"dynamic-size-ratio": 0.0025, "maps": [{"name": name, "size": size} for name, size in _MAPS]},
        "cilium": {"msg": _version(node), "state": "Ok"},
        "clock-source": {"hertz": 250, "mode": "ktime"},
        "cluster": {"ciliumHealth": {"state": "Ok"}, "nodes": None, "self": node.name},
        "cluster-mesh": {"clusters": []},
        "cni-chaining": {"mode": node.cilium.chaining},
        "cni-file": {"msg": _CNI_FILE, "state": "Ok"},
        "configured-datapath-mode": "veth" if era.version >= (1, 20) else None,
        "container-runtime": {"state": "Ok"} if era.version < (1, 20) else None,
        "controllers": _controllers(world, node),
        "datapath-mode": "veth" if era.version >= (1, 16) else None,
        "encryption": _encryption(node),
        "host-firewall": {"devices": [], "mode": "Disabled"},
        "host-routing": {"mode": node.cilium.host_routing} if era.version < (1, 16) else None,
        "hubble": _hubble(era),
        "hubble-metrics": {"state": "Disabled"} if era.version >= (1, 18) else None,
        "identity-range": {"max-identity": 65_535, "min-identity": 256},
        "ipam": _ipam(node),
        "ipv4-big-tcp": {} if era.version >= (1, 15) else None,
        "ipv6-big-tcp": {},
        "kube-proxy-replacement": _kube_proxy_replacement(node),
        "kubernetes": {"k8s-api-versions": list(_APIS), "msg": _kubernetes(world), "state": "Ok"},
        "kvstore": {"state": "Disabled"} if era.version >= (1, 17) else {"msg": "Disabled", "state": "Ok"},
        "masquerading": {"enabledProtocols": {}, "mode": "iptables"},
        "nodeMonitor": {"cpus": 2, "npages": 64, "pagesize": 4096},
        "proxy": _proxy(node),
        "routing": _routing(node) if era.version >= (1, 16) else None,
        "srv6": {} if era.version >= (1, 15) else None,
    }
    return {key: value for key, value in fields.items() if value is not None}


def text(world: World, node: Node) -> str:
    era, cilium = node.agent.era, node.cilium
    later = era.version >= (1, 15)
    lines = [
        ("KVStore", "Disabled   " if era.version >= (1, 17) else "Ok   Disabled"),
        ("ContainerRuntime", "Ok   " if era.version < (1, 20) else ""),
        ("Kubernetes", f"Ok   {_kubernetes(world)}"),
        ("Kubernetes APIs", "[" + ", ".join(f'"{api}"' for api in _APIS) + "]"),
        ("KubeProxyReplacement", _kube_proxy_replacement(node)["mode"] + "   "),
        ("Host firewall", "Disabled"),
        ("SRv6", "Disabled" if later else ""),
        ("CNI Chaining", cilium.chaining),
        ("CNI Config file", _CNI_FILE),
        ("Cilium", f"Ok   {_version(node)}"),
        ("NodeMonitor", "Listening for events on 2 CPUs with 64x4096 of shared memory"),
        ("Cilium health daemon", "Ok   "),
        ("IPAM", _ipam(node)["status"]),
        ("ClusterMesh", "0/0 remote clusters ready" + ("" if era.version >= (1, 20) else ", 0 global-services")),
        ("IPv4 BIG TCP", "Disabled" if later else ""),
        ("IPv6 BIG TCP", "Disabled"),
        ("BandwidthManager", _bandwidth_manager_text(node)),
        *_routing_text(node),
        ("Masquerading", "Disabled"),
        ("Controller Status", f"{len(_controllers(world, node))}/{len(_controllers(world, node))} healthy"),
        (
            "Proxy Status",
            f"OK, ip {node.spec.cilium_internal_ip}, 0 redirects active on ports 10000-20000"
            + (f", Envoy: {_proxy(node)['envoy-deployment-mode']}" if later else ""),
        ),
        ("Global Identity Range", "min 256, max 65535"),
        ("Hubble", "Ok   Current/Max Flows: 4095/4095 (100.00%), Flows/s: 10.34   Metrics: Disabled"),
        ("Encryption", cilium.encryption),
        (
            "Cluster health",
            f"{len(world.nodes)}/{len(world.nodes)} reachable   ({rfc3339_milliseconds(world.unix - 40)})",
        ),
    ]
    return "".join(f"{name + ':':<25}{value}\n" for name, value in lines if value)


_CNI_FILE = "successfully wrote CNI configuration file to /host/etc/cni/net.d/05-cilium.conflist"


def _version(node: Node) -> str:
    return f"{node.cilium.version} (v{node.cilium.version}-{commit(node)[:8]})"


def _kubernetes(world: World) -> str:
    version = world.spec.kubernetes
    major, minor = version.removeprefix("v").split(".")[:2]
    return f"{major}.{minor}+ ({version}) [linux/amd64]"


def _bandwidth_manager(node: Node) -> Document:
    if not node.cilium.manager:
        return {"devices": None}
    return {"congestionControl": node.cilium.congestion_control, "devices": list(node.cilium.devices), "enabled": True}


def _bandwidth_manager_text(node: Node) -> str:
    if not node.cilium.manager:
        return "Disabled"
    return f"EDT with BPF [{node.cilium.congestion_control.upper()}] [{', '.join(node.cilium.devices)}]"


def _encryption(node: Node) -> Document:
    if node.cilium.encryption != "Wireguard":
        return {"mode": node.cilium.encryption}
    key = "2mxYRWNrWbV8nxJVLgJPN2hW2jDzFYHxQ5rVt2b4bCU="
    interface = {"listen-port": 51_871, "name": "cilium_wg0", "peer-count": 2, "peers": [], "public-key": key}
    return {"mode": "Wireguard", "wireguard": {"interfaces": [interface]}}


def _hubble(era: Era) -> Document:
    metrics = {"metrics": {"state": "Disabled"}} if era.version < (1, 18) else {}
    flows = {"current-flows": 4095, "max-flows": 4095, "seen-flows": 81_234, "uptime": "2h11m0s"}
    return {**metrics, "observer": flows, "state": "Ok"}


def _ipam(node: Node) -> Document:
    subnet = node.spec.cilium_internal_ip.rpartition(".")[0] + ".0/24"
    own = {node.spec.cilium_internal_ip: "router"} | {
        endpoint.ipv4: "health" for endpoint in node.endpoints.values() if endpoint.identity == HEALTH_IDENTITY
    }
    if node.cilium.chaining == "none":
        own |= {endpoint.ipv4: "/".join(endpoint.key) for endpoint in node.pods()}
    status = f"IPv4: {len(own)}/254 allocated from {subnet}, "
    return {"allocations": own, "ipv4": sorted(own), "ipv6": None, "status": status}


def _kube_proxy_replacement(node: Node) -> Document:
    on = node.cilium.kube_proxy_replacement
    words = ("Strict", "Disabled") if node.agent.era.version < (1, 14) else ("True", "False")
    devices = list(node.cilium.devices) if on else []
    features: Document = {
        "externalIPs": {},
        "gracefulTermination": {"enabled": True},
        "hostPort": {},
        "nodePort": {"enabled": True} if on else {},
        "sessionAffinity": {},
        "socketLB": {"enabled": True} if on else {},
    }
    return {
        "deviceList": [{"ip": [node.ip], "name": name} for name in devices],
        "devices": devices,
        "features": features,
        "mode": words[0] if on else words[1],
    }


def _proxy(node: Node) -> Document:
    found: Document = {"ip": node.spec.cilium_internal_ip, "port-range": "10000-20000", "redirects": []}
    if node.agent.era.version < (1, 15):
        return found
    return {"envoy-deployment-mode": "embedded" if node.agent.era.version < (1, 16) else "external", **found}


def _routing(node: Node) -> Document:
    native = node.cilium.routing == "native"
    found = {
        "inter-host-routing-mode": "Native" if native else "Tunnel",
        "intra-host-routing-mode": node.cilium.host_routing,
    }
    return found if native else {**found, "tunnel-protocol": node.cilium.routing}


def _routing_text(node: Node) -> list[tuple[str, str]]:
    if node.agent.era.version < (1, 16):
        return [("Host Routing", node.cilium.host_routing)]
    network = "Native" if node.cilium.routing == "native" else f"Tunnel [{node.cilium.routing}]"
    return [
        ("Routing", f"Network: {network}   Host: {node.cilium.host_routing}"),
        ("Attach Mode", "Legacy TC"),
        ("Device Mode", "veth"),
    ]


def _controllers(world: World, node: Node) -> list[Document]:
    names = [("cilium-health-ep", "1m0s")]
    for endpoint in node.pods():
        names += [(f"resolve-identity-{endpoint.id}", "5m0s"), (f"sync-to-k8s-ciliumendpoint ({endpoint.id})", "10s")]
    return [controller(world, name, interval) for name, interval in sorted(names)]


def controller(world: World, name: str, interval: str) -> Document:
    return {
        "configuration": {"error-retry": True, "error-retry-base": "2s", "interval": interval},
        "name": name,
        "status": {
            "last-failure-timestamp": _NEVER,
            "last-success-timestamp": rfc3339_milliseconds(world.unix - 9),
            "success-count": 12,
        },
        "uuid": "6f7d0f9e-9f7b-4b35-8b5d-9b2b0a7f3f11",
    }
