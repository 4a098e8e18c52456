"""The two pods of a test: found, checked before and during every sample, proposed where none is named."""

import ipaddress
from collections.abc import Iterable, Sequence
from typing import Final

import msgspec

from bwtop.kube.api import Api
from bwtop.kube.pod_object import PodObject, read_pod
from bwtop.netperf.errors import Failure, NetperfError

_IMAGES: Final = ("netperf", "network-perf")
"""What images with netperf are called: cilium/netperf, quay.io/cilium/network-perf."""
DEFAULT_CONTAINER: Final = "kubectl.kubernetes.io/default-container"


class End(msgspec.Struct, frozen=True, kw_only=True):
    """One of the two pods, as it was when it was found."""

    namespace: str
    pod: str
    uid: str
    node: str
    container: str
    """Where commands run in it: the one whose image has netperf, else kubectl's default."""
    ips: tuple[str, ...]
    host_network: bool = False
    made: bool = False
    """bwtop made it for this test."""

    @property
    def key(self) -> str:
        return f"{self.namespace}/{self.pod}"

    def ip(self, family: int | None = None) -> str:
        """The first address, or that of the IP family (4 or 6); raises NetperfError when it has none."""
        for ip in self.ips:
            if family in (None, ipaddress.ip_address(ip).version):
                return ip
        what = f"no IPv{family} address" if family else "no address"
        raise NetperfError(
            Failure.ENDS, f"pod {self.key} has {what}", hint="is the cluster dual-stack?" if family else ""
        )


class Candidate(msgspec.Struct, frozen=True, kw_only=True):
    """A pod that may be the other end."""

    namespace: str
    pod: str
    node: str
    labels: tuple[str, ...]
    """`key=value`."""
    host_network: bool = False

    @property
    def key(self) -> str:
        return f"{self.namespace}/{self.pod}"


class Proposal(msgspec.Struct, frozen=True):
    """The client that is proposed, and why; no candidate: a pod is to be made."""

    candidate: Candidate | None
    reason: str


async def find_end(api: Api, namespace: str, name: str) -> End:
    """Raises NetperfError when the pod cannot be an end of a test, KubeError."""
    return end_of(await _existing(api, namespace, name))


def end_of(pod: PodObject, *, made: bool = False) -> End:
    """Raises NetperfError when it does not run."""
    if pod.stopped:
        raise NetperfError(Failure.ENDS, f"pod {pod.key}: {pod.stopped}", hint="choose a running pod")
    container = netperf_container(pod)
    if not pod.spec.node_name or not pod.ips or not pod.running(container):
        raise NetperfError(Failure.ENDS, f"pod {pod.key} does not run yet: {pod.progress}", hint="wait until it does")
    return End(
        namespace=pod.metadata.namespace,
        pod=pod.metadata.name,
        uid=pod.metadata.uid,
        node=pod.spec.node_name,
        container=container,
        ips=tuple(pod.ips),
        host_network=pod.spec.host_network,
        made=made,
    )


def netperf_container(pod: PodObject) -> str:
    """The container whose image is netperf's; else the one that kubectl takes; else the first."""
    containers = pod.spec.containers or []
    for container in containers:
        if any(word in container.image for word in _IMAGES):
            return container.name
    default = pod.annotations.get(DEFAULT_CONTAINER, "")
    return next((each.name for each in containers if each.name == default), containers[0].name if containers else "")


async def check_unchanged(api: Api, ends: Sequence[End]) -> Sequence[End]:
    """The ends as they are now; raises NetperfError when one is gone, replaced, or does not run."""
    return [end_of(pod, made=end.made) for end, pod in zip(ends, await check_there(api, ends), strict=True)]


async def check_there(api: Api, ends: Sequence[End]) -> Sequence[PodObject]:
    """The pods as they are now; raises NetperfError when one is gone, going, or replaced by another of its name."""
    return [await _same(api, end, beside=[each for each in ends if each is not end]) for end in ends]


def propose_client(server: "End | Candidate", candidates: Iterable[Candidate]) -> Proposal:
    """A pod with netperf in its name or labels on another node, the same namespace first."""
    known = [each for each in candidates if each.key != server.key and called_netperf(each)]
    elsewhere = [each for each in known if each.node and each.node != server.node and not each.host_network]
    if elsewhere:
        best = min(elsewhere, key=lambda each: (each.namespace != server.namespace, "client" not in each.pod, each.key))
        return Proposal(best, f"it runs netperf, on another node ({best.node})")
    where = f"none of {len(known)} netperf pods is on another node" if known else "no pod here runs netperf"
    return Proposal(None, f"{where}: bwtop makes one on another node, and removes it")


def called_netperf(candidate: Candidate) -> bool:
    """By its name or a label."""
    return any("netperf" in text for text in (candidate.pod, *candidate.labels))


async def _existing(api: Api, namespace: str, name: str) -> PodObject:
    pod = await read_pod(api, namespace, name)
    if pod is None:
        hint = f"list them: {api.connection.kubectl(f'-n {namespace} get pods')}"
        raise NetperfError(Failure.ENDS, f"there is no pod {name} in namespace {namespace}", hint=hint)
    return pod


async def _same(api: Api, end: End, *, beside: Iterable[End]) -> PodObject:
    pod = await read_pod(api, end.namespace, end.pod)
    if pod is None:
        hint = "start it again once the pod is there again, or choose another"
        raise NetperfError(Failure.ENDS, f"pod {end.key} was deleted during the test", hint=hint)
    if pod.metadata.uid != end.uid:
        raise _replaced(pod, beside)
    if pod.stopped:
        hint = "start it again once a pod takes its place, or choose another"
        raise NetperfError(Failure.ENDS, f"pod {end.key} was lost during the test: {pod.stopped}", hint=hint)
    return pod


def _replaced(pod: PodObject, beside: Iterable[End]) -> NetperfError:
    """As a StatefulSet does it; the new pod may be on another node, even on that of the other end."""
    said, node = f"pod {pod.key} was replaced by another of the same name during the test", pod.spec.node_name
    if node and node in {end.node for end in beside}:
        hint = "choose a client on another node: on one node no limit applies"
        return NetperfError(Failure.ENDS, f"{said}, and both pods are on {node} by now", hint=hint)
    return NetperfError(Failure.ENDS, said, hint="start it again, with the new pod")
