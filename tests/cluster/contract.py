"""The two servers that must behave alike: the demo cluster, and a real kube-apiserver with the same few pods."""

import asyncio
import json
import secrets
import ssl
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from bwtop.cilium.resources import Pod
from bwtop.demo.server import DemoServer
from bwtop.kube.api import Api
from bwtop.kube.connection import Connection
from bwtop.kube.credentials import FixedCredentials
from bwtop.kube.wire import EventType
from bwtop.model.health import SourceHealth
from cluster.plan import PlannedNode, PlannedPod
from cluster.rest import client_context
from cluster.rig import Rig
from cluster.seed import agent_object, cilium_node_object, endpoint_object, node_object, pod_object, run_pod

NODE = PlannedNode(name="contract", number=250, version="1.18.4", map="bandwidth-article-json")
SERVER_POD = PlannedPod(
    namespace="default", name="netperf-server", node=NODE.name, state="InSync", ipv4="10.250.0.1", identity_id=11371,
    endpoint_id=124, annotation="10M",
)  # fmt: skip
PODS = "/api/v1/namespaces/default/pods"
JSON_PATCH, MERGE_PATCH = "application/json-patch+json", "application/merge-patch+json"
ANNOTATION = "kubernetes.io/egress-bandwidth"


@dataclass
class ContractServer:
    """One of the two, and bwtop's own client of it. `default/netperf-server` runs in both, annotated with 10M."""

    name: str
    kubeconfig: Path
    url: str
    authorization: str
    compact: Callable[[], None]
    """Forgets the history, so that old resource versions are too old."""
    ssl: ssl.SSLContext | None = None
    anonymous_ssl: ssl.SSLContext | None = None
    _opened: list[Api] = field(default_factory=list)

    def api(self, *, as_user: str = "", token: str = "") -> Api:
        """As the admin, as somebody whom the admin impersonates, or with a token and nothing else."""
        connection = Connection(
            server=self.url,
            credentials=FixedCredentials(f"Bearer {token}" if token else self.authorization),
            ssl=self.anonymous_ssl if token else self.ssl,
            impersonation=(("Impersonate-User", as_user),) if as_user else (),
        )
        self._opened.append(Api(connection))
        return self._opened[-1]

    async def close(self) -> None:
        for api in self._opened:
            await api.close()


def demo_server(demo: DemoServer, folder: Path) -> ContractServer:
    kubeconfig = folder / "demo.conf"
    kubeconfig.touch(mode=0o600)
    kubeconfig.write_text(demo.kubeconfig())
    return ContractServer(
        name="demo", kubeconfig=kubeconfig, url=demo.url, authorization=f"Bearer {demo.token}",
        compact=demo.faults.compact,
    )  # fmt: skip


def rig_server(rig: Rig) -> ContractServer:
    return ContractServer(
        name="rig", kubeconfig=rig.kubeconfig, url=rig.server, authorization="", compact=rig.compact,
        ssl=client_context(rig.directory, "admin"),
        anonymous_ssl=ssl.create_default_context(cafile=str(rig.directory / "ca.crt")),
    )  # fmt: skip


def furnish(rig: Rig) -> None:
    """Writes into the real cluster what the tests need of the demo cluster."""
    with rig.rest() as rest:
        rest.call("POST", "/api/v1/nodes", node_object(NODE, port=rig.kubelet_port))
        rest.call("POST", "/apis/cilium.io/v2/ciliumnodes", cilium_node_object(NODE))
        run_pod(rest, agent_object(NODE), ip=NODE.internal_ip, host_ip=NODE.internal_ip)
        uid = run_pod(rest, pod_object(SERVER_POD), ip=SERVER_POD.ipv4, host_ip=NODE.internal_ip)
        endpoint = endpoint_object(SERVER_POD, uid=uid, node_ip=NODE.internal_ip)
        rest.call("POST", "/apis/cilium.io/v2/namespaces/default/ciliumendpoints", endpoint)


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
