"""The two servers that must behave alike: the demo cluster, and a real kube-apiserver with the same few pods."""

import asyncio
import json
import secrets
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import yaml

from bwtop.cilium.resources import Pod
from bwtop.kube.api import Api
from bwtop.kube.config import ConfigRequest, connect
from bwtop.kube.connection import Connection
from bwtop.kube.wire import EventType
from bwtop.model.health import SourceHealth
from cluster.plan import PlannedNode, PlannedPod
from cluster.rig import Rig
from cluster.seed import agent_object, cilium_node_object, endpoint_object, node_object, pod_object, run_pod, scene

NODE = PlannedNode(name="contract", number=250, version="1.18.4", map="bandwidth-article-json")
SERVER_POD = PlannedPod(
    namespace="default", name="netperf-server", node=NODE.name, state="InSync", ipv4="10.250.0.1", identity_id=11371,
    endpoint_id=124, annotation="10M",
)  # fmt: skip
CLIENT_POD = PlannedPod(
    namespace="default", name="netperf-client", node=NODE.name, state="Unlimited", ipv4="10.250.0.2",
    identity_id=40890, endpoint_id=2011,
)  # fmt: skip
PODS = "/api/v1/namespaces/default/pods"
ENDPOINTS = "/apis/cilium.io/v2/namespaces/default/ciliumendpoints"
JSON_PATCH, MERGE_PATCH = "application/json-patch+json", "application/merge-patch+json"
ANNOTATION = "kubernetes.io/egress-bandwidth"


@dataclass
class ContractServer:
    """One of the two, and bwtop's own client of it. `default/netperf-server` runs in both, annotated with 10M."""

    name: str
    kubeconfig: Path
    admin: Connection
    stranger: Connection
    """With a token that is none."""
    compact: Callable[[], None]
    """Forgets the history, so that old resource versions are too old."""
    _opened: list[Api] = field(default_factory=list)

    def api(self, *, as_user: str = "", stranger: bool = False) -> Api:
        """As the admin, as somebody whom the admin impersonates, or as somebody unknown."""
        connection = self.stranger if stranger else self.admin
        if as_user:
            connection = replace(connection, impersonation=(("Impersonate-User", as_user),))
        self._opened.append(Api(connection))
        return self._opened[-1]

    async def close(self) -> None:
        for api in self._opened:
            await api.close()


async def contract_server(name: str, kubeconfig: Path, *, folder: Path, compact: Callable[[], None]) -> ContractServer:
    stranger = _strangers_kubeconfig(kubeconfig, folder)
    return ContractServer(
        name=name,
        kubeconfig=kubeconfig,
        admin=await connect(ConfigRequest(kubeconfig=str(kubeconfig))),
        stranger=await connect(ConfigRequest(kubeconfig=str(stranger))),
        compact=compact,
    )


def _strangers_kubeconfig(kubeconfig: Path, folder: Path) -> Path:
    """The same server, and a token that is none."""
    content = yaml.safe_load(kubeconfig.read_text())
    for user in content["users"]:
        user["user"] = {"token": "wrong"}
    path = folder / "stranger.conf"
    path.write_text(yaml.safe_dump(content))
    return path


def furnish(rig: Rig) -> None:
    """Writes into the real cluster what the tests need of the demo cluster."""
    with rig.rest() as rest:
        rest.call("POST", "/api/v1/nodes", node_object(NODE, port=rig.kubelet_port))
        rest.call("POST", "/apis/cilium.io/v2/ciliumnodes", cilium_node_object(NODE))
        rig.container("kube-system", NODE.agent_pod, scene=scene(NODE), commands=NODE.commands)
        run_pod(rest, agent_object(NODE), ip=NODE.internal_ip, host_ip=NODE.internal_ip)
        for pod in (SERVER_POD, CLIENT_POD):
            uid = run_pod(rest, pod_object(pod), ip=pod.ipv4, host_ip=NODE.internal_ip)
            rest.call("POST", ENDPOINTS, endpoint_object(pod, uid=uid, node_ip=NODE.internal_ip))


class Pods:
    """Pods that a test makes for itself, told apart from all others by a label of their own."""

    def __init__(self, api: Api) -> None:
        self._api = api
        self.label = f"contract={secrets.token_hex(4)}"
        self.made: list[str] = []

    async def make(self, *, annotations: dict[str, str] | None = None, **labels: str) -> str:
        """Creates a pod; its name."""
        name = f"contract-{secrets.token_hex(4)}"
        key, _, value = self.label.partition("=")
        metadata = {"name": name, "labels": {key: value} | labels, "annotations": annotations or {}}
        containers = [{"name": "app", "image": "registry.example/app:1"}]
        body = {"apiVersion": "v1", "kind": "Pod", "metadata": metadata, "spec": {"containers": containers}}
        await self._api.send("POST", PODS, json.dumps(body).encode())
        self.made.append(name)
        return name

    async def get(self, name: str) -> dict[str, Any]:
        found: dict[str, Any] = json.loads(await self._api.get(f"{PODS}/{name}"))
        return found

    async def patch(self, name: str, body: object, *, content_type: str, params: Sequence[tuple[str, str]] = ()) -> Any:
        content = json.dumps(body).encode()
        return json.loads(
            await self._api.send("PATCH", f"{PODS}/{name}", content, content_type=content_type, params=params)
        )

    async def annotate(self, name: str, limit: str | None) -> None:
        body = {"metadata": {"annotations": {ANNOTATION: limit}}}
        await self.patch(name, body, content_type=MERGE_PATCH)

    async def delete(self, name: str) -> None:
        self.made.remove(name)
        await self._api.send("DELETE", f"{PODS}/{name}", params=(("gracePeriodSeconds", "0"),))


@dataclass
class Seen:
    """A sink that remembers, and that can be awaited."""

    pods: dict[str, Pod] = field(default_factory=dict)
    lists: int = 0
    events: list[tuple[EventType, str]] = field(default_factory=list)
    healths: list[SourceHealth] = field(default_factory=list)
    _moved: asyncio.Event = field(default_factory=asyncio.Event)

    def listing(self, items: Sequence[Pod], remaining: int | None) -> None:
        """Pages are not looked at here."""

    def replaced(self, items: dict[str, Pod]) -> None:
        self.pods = dict(items)
        self.lists += 1
        self._moved.set()

    def changed(self, events: Sequence[tuple[EventType, Pod]]) -> None:
        for kind, pod in events:
            self.events.append((kind, pod.name))
            if kind is EventType.DELETED:
                self.pods.pop(pod.key, None)
            else:
                self.pods[pod.key] = pod
        self._moved.set()

    def health(self, health: SourceHealth) -> None:
        self.healths.append(health)
        self._moved.set()

    async def until(self, holds: Callable[[], bool], *, timeout: float = 10.0) -> None:
        """Waits for what a list, an event or a health brings; raises TimeoutError."""
        async with asyncio.timeout(timeout):
            while not holds():
                self._moved.clear()
                await self._moved.wait()
