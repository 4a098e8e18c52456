"""What is watched: the Kubernetes kinds behind the tables, each with the few fields that bwtop reads."""

from operator import attrgetter

from bwtop.cilium import resources as cilium
from bwtop.kube.resource import Resource

PODS = Resource(
    name="pods",
    path="/api/v1",
    wire=cilium.POD_WIRE,
    flatten=cilium.pod,
    key=attrgetter("key"),
    namespaced=True,
    page_size=250,
)
NODES = Resource(
    name="nodes",
    path="/api/v1",
    wire=cilium.NODE_WIRE,
    flatten=cilium.node,
    key=attrgetter("name"),
    namespaced=False,
    page_size=250,
)
ENDPOINTS = Resource(
    name="ciliumendpoints",
    path="/apis/cilium.io/v2",
    wire=cilium.ENDPOINT_WIRE,
    flatten=cilium.endpoint,
    key=attrgetter("key"),
    namespaced=True,
    page_size=500,
)
CILIUM_NODES = Resource(
    name="ciliumnodes",
    path="/apis/cilium.io/v2",
    wire=cilium.CILIUM_NODE_WIRE,
    flatten=cilium.cilium_node,
    key=attrgetter("name"),
    namespaced=False,
    page_size=500,
)

UNFINISHED = "status.phase!=Succeeded,status.phase!=Failed"
"""Finished pods send nothing and have no endpoint; leaving them to the server saves their bytes, too."""

AGENT_SELECTOR = "k8s-app=cilium"
"""Label of the cilium-agent pods in every chart from 1.9 on."""
AGENT_CONTAINER = "cilium-agent"
