"""One pod, read by itself: its addresses, its containers, and why it does not run."""

from collections.abc import Mapping, Sequence

import msgspec

from bwtop.kube.api import Api
from bwtop.kube.errors import ApiError, KubeError
from bwtop.model.printable import printable


class _Wire(msgspec.Struct, rename="camel"):
    pass


class _Metadata(_Wire):
    name: str = ""
    namespace: str = ""
    uid: str = ""
    creation_timestamp: str | None = None
    deletion_timestamp: str | None = None
    labels: dict[str, str] | None = None
    annotations: dict[str, str] | None = None


class _Container(_Wire):
    name: str = ""
    image: str = ""


class _Spec(_Wire):
    node_name: str = ""
    host_network: bool = False
    containers: list[_Container] | None = None
    active_deadline_seconds: int | None = None


class _Ip(_Wire):
    ip: str = ""


class Reason(_Wire):
    """Why something is as it is, by whoever found it so; both as the cluster has them, or empty."""

    reason: str = ""
    message: str = ""

    def __str__(self) -> str:
        """`ImagePullBackOff: Back-off pulling image "shop:1"`."""
        return printable(": ".join(filter(None, (self.reason, self.message))), limit=300)


class _State(_Wire):
    running: dict[str, object] | None = None
    waiting: Reason | None = None


class _ContainerStatus(_Wire):
    name: str = ""
    state: _State = msgspec.field(default_factory=_State)


class _Condition(Reason):
    type: str = ""
    status: str = ""


class _Status(_Wire):
    phase: str = ""
    reason: str = ""
    message: str = ""
    pod_ip: str = msgspec.field(name="podIP", default="")
    pod_ips: list[_Ip] | None = msgspec.field(name="podIPs", default=None)
    conditions: list[_Condition] | None = None
    init_container_statuses: list[_ContainerStatus] | None = None
    container_statuses: list[_ContainerStatus] | None = None
    ephemeral_container_statuses: list[_ContainerStatus] | None = None


class PodObject(_Wire):
    metadata: _Metadata = msgspec.field(default_factory=_Metadata)
    spec: _Spec = msgspec.field(default_factory=_Spec)
    status: _Status = msgspec.field(default_factory=_Status)

    @property
    def key(self) -> str:
        return f"{self.metadata.namespace}/{self.metadata.name}"

    @property
    def labels(self) -> Mapping[str, str]:
        return self.metadata.labels or {}

    @property
    def annotations(self) -> Mapping[str, str]:
        return self.metadata.annotations or {}

    @property
    def ips(self) -> Sequence[str]:
        found = [each.ip for each in self.status.pod_ips or () if each.ip]
        return found or ([self.status.pod_ip] if self.status.pod_ip else [])

    def running(self, container: str) -> bool:
        return any(status.name == container and status.state.running is not None for status in self._statuses)

    @property
    def _statuses(self) -> Sequence[_ContainerStatus]:
        """Of its containers, init containers left out."""
        return [*(self.status.container_statuses or ()), *(self.status.ephemeral_container_statuses or ())]

    @property
    def unscheduled(self) -> Reason | None:
        """What the scheduler says against the pod."""
        found = self.status.conditions or ()
        return next((each for each in found if each.type == "PodScheduled" and each.status == "False"), None)

    @property
    def waiting(self) -> Sequence[Reason]:
        """What its containers wait for, those first that start first."""
        states = [status.state for status in (*(self.status.init_container_statuses or ()), *self._statuses)]
        return [state.waiting for state in states if state.waiting is not None and state.waiting.reason]

    @property
    def stopped(self) -> str:
        """Why the pod runs no more, or never will; empty while it may."""
        if self.metadata.deletion_timestamp:
            return "it is being deleted"
        if self.status.phase in ("Succeeded", "Failed"):
            said = self.status.message or self.status.reason
            return f"it has ended ({self.status.phase}){f': {printable(said)}' if said else ''}"
        return ""

    @property
    def progress(self) -> str:
        """What a pod that is not running waits for, in a few words."""
        if unscheduled := self.unscheduled:
            return f"not scheduled: {printable(unscheduled.message or unscheduled.reason, limit=300)}"
        if waiting := self.waiting:
            return str(waiting[0])
        return "waiting for a node" if not self.spec.node_name else self.status.phase or "Pending"


class _PodList(_Wire):
    items: list[PodObject] = []


def pods_path(namespace: str | None) -> str:
    return f"/api/v1/namespaces/{namespace}/pods" if namespace else "/api/v1/pods"


def decode_pod(body: bytes) -> PodObject:
    """Raises KubeError when the body is no pod."""
    try:
        return msgspec.json.decode(body, type=PodObject)
    except msgspec.DecodeError as error:
        raise KubeError(f"the API server's answer is no pod: {error}") from error


async def read_pod(api: Api, namespace: str, name: str) -> PodObject | None:
    """None: there is none of that name. Raises KubeError."""
    try:
        return decode_pod(await api.get(f"{pods_path(namespace)}/{name}"))
    except ApiError as error:
        if error.code == 404:
            return None
        raise


async def list_pod_objects(api: Api, namespace: str | None, *, selector: str = "") -> Sequence[PodObject]:
    """`namespace` None: of all. Raises KubeError."""
    params = [("labelSelector", selector)] if selector else []
    body = await api.get(pods_path(namespace), params)
    try:
        return msgspec.json.decode(body, type=_PodList).items
    except msgspec.DecodeError as error:
        raise KubeError(f"the API server's answer is no list of pods: {error}") from error
