"""The demo cluster as an editor of limits meets it, with others who edit at the same time."""

import json
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from bwtop.cilium.wire import EGRESS_BANDWIDTH
from bwtop.demo.server import DemoServer
from bwtop.kube.api import Api
from bwtop.kube.config import ConfigRequest, connect
from bwtop.kube.errors import Unreachable
from bwtop.kube.target import Params
from bwtop.live.audit import AuditLog
from bwtop.live.batch import Batch
from bwtop.live.editor import Editor
from bwtop.live.plan import Outcome, Plan
from bwtop.model.edit import REMOVAL, propose

POD = "netperf-server"
PATH = f"/api/v1/namespaces/default/pods/{POD}"
MERGE_PATCH = "application/merge-patch+json"


class LosesAnswers(Api):
    """Breaks the connection after a patch has arrived and before its answer is read."""

    patches = 0

    async def send(
        self, method: str, path: str, body: bytes = b"", *, content_type: str = "application/json", params: Params = ()
    ) -> bytes:
        answer = await super().send(method, path, body, content_type=content_type, params=params)
        if method != "PATCH":
            return answer
        self.patches += 1
        raise Unreachable(f"{self.connection.server} broke the connection")


class Cluster:
    def __init__(self, server: DemoServer, audit: AuditLog) -> None:
        self.server, self.world, self.audit = server, server.world, audit
        self._opened: list[Api] = []

    async def open(self, folder: Path) -> None:
        kubeconfig = folder / "kubeconfig"
        kubeconfig.touch(mode=0o600)
        kubeconfig.write_text(self.server.kubeconfig())
        self.connection = await connect(ConfigRequest(kubeconfig=str(kubeconfig)))
        self.api = self.another()

    async def close(self) -> None:
        for api in self._opened:
            await api.close()

    def another(self, kind: type[Api] = Api, *, as_user: str = "", request_timeout: float = 5.0) -> Api:
        connection = self.connection
        if as_user:
            connection = replace(connection, impersonation=(("Impersonate-User", as_user),))
        self._opened.append(kind(connection, request_timeout=request_timeout))
        return self._opened[-1]

    def editor(self, api: Api | None = None) -> Editor:
        return Editor(api or self.api, audit=self.audit)

    def batch(self, api: Api | None = None) -> Batch:
        api = api or self.api
        return Batch(api, self.editor(api), cilium_namespace=None, cilium_selector="k8s-app=cilium")

    async def plan(self, value: str | None, *, pod: str = POD, namespace: str = "default") -> Plan:
        return await self.editor().plan(namespace, pod, REMOVAL if value is None else propose(value))

    async def write(self, value: str | None, *, pod: str = POD, namespace: str = "default") -> Outcome:
        return await self.editor().write(await self.plan(value, pod=pod, namespace=namespace))

    async def object(self, path: str = PATH) -> dict[str, Any]:
        found: dict[str, Any] = json.loads(await self.api.get(path))
        return found

    async def annotation(self, path: str = PATH) -> str | None:
        return ((await self.object(path))["metadata"].get("annotations") or {}).get(EGRESS_BANDWIDTH)

    async def annotate(self, annotations: dict[str, str | None] | None, *, manager: str = "kubectl-annotate") -> None:
        """As another client does it; None takes the object of all annotations away."""
        body = json.dumps({"metadata": {"annotations": annotations}}).encode()
        await self.api.send("PATCH", PATH, body, content_type=MERGE_PATCH, params=[("fieldManager", manager)])

    async def replace(self) -> None:
        """Deletes the pod and makes another of the same name."""
        before = await self.object()
        await self.api.send("DELETE", PATH, params=[("gracePeriodSeconds", "0")])
        metadata = {key: before["metadata"][key] for key in ("name", "annotations") if key in before["metadata"]}
        body = {"metadata": metadata, "spec": {"containers": before["spec"]["containers"]}}
        await self.api.send("POST", PATH.rpartition("/")[0], json.dumps(body).encode())

    def recorded(self) -> Sequence[tuple[str | None, str | None, str]]:
        return [(entry.old, entry.new, entry.result) for entry in self.audit.entries()]
