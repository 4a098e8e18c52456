"""What a netperf test must know of the cluster: the joint of `live` and `netperf`. Textual is not imported here."""

from collections.abc import Sequence
from typing import Final

from bwtop.kube.api import Api
from bwtop.live.close_look import CloseLook
from bwtop.live.configuration import told
from bwtop.live.found_pod import find_pod, list_pods
from bwtop.live.landing import watch_landing
from bwtop.live.policies import read_policies, selecting
from bwtop.live.resources import AGENT_SELECTOR, UNFINISHED
from bwtop.live.store import Store
from bwtop.model.checks import Unread
from bwtop.model.netperf import Sender
from bwtop.model.pod_facts import L7Policy
from bwtop.model.quantity import asked
from bwtop.model.rows import PodRow
from bwtop.netperf.ends import Candidate, End
from bwtop.netperf.plan import Facts

NOT_READ: Final = Unread("not read yet")
LANDING_SECONDS: Final = 30.0


class LiveSurroundings:
    """Reads two pods, their nodes and those nodes' agents; nothing else of the cluster."""

    def __init__(self, api: Api, *, cilium_namespace: str | None = None, cilium_selector: str = AGENT_SELECTOR) -> None:
        self._api = api
        self._cilium_namespace, self._cilium_selector = cilium_namespace, cilium_selector

    async def candidates(self, namespace: str) -> Sequence[Candidate]:
        """Pods of the namespace. Raises KubeError."""
        pods = await list_pods(self._api, namespace=namespace, label_selector="", field_selector=UNFINISHED)
        return [
            Candidate(
                namespace=pod.namespace,
                pod=pod.name,
                node=pod.node,
                labels=pod.labels,
                host_network=pod.host_network,
            )
            for pod in pods
            if pod.ready and not pod.deleting
        ]

    async def facts(self, server: End, client: End, sender: Sender | None) -> Facts:
        """Raises KubeError when the pods cannot be read; what the agents do not tell is unknown."""
        look = CloseLook(self._api, cilium_namespace=self._cilium_namespace, cilium_selector=self._cilium_selector)
        await look.take_pods(list({(end.namespace, end.pod) for end in (server, client)}))
        rows, sending = look.store.pods, server if sender is Sender.SERVER else client
        policies = await told(read_policies(self._api, sending.namespace))
        return facts_between(
            look.store, rows.get(server.key), rows.get(client.key), sender, selecting(look.store, sending.key, policies)
        )

    async def landed(self, end: End, limit: str) -> str:
        """Why the limit was not programmed in time; empty: it was. Raises KubeError."""
        found = await find_pod(self._api, end.namespace, end.pod)
        landing = await watch_landing(
            self._api,
            found.pod,
            asked(limit),
            timeout=LANDING_SECONDS,
            cilium_namespace=self._cilium_namespace,
            cilium_selector=self._cilium_selector,
        )
        return "" if landing.seconds is not None else landing.reason


def facts_between(
    store: Store,
    server: PodRow | None,
    client: PodRow | None,
    sender: Sender | None,
    policies: tuple[L7Policy, ...] | Unread = NOT_READ,
) -> Facts:
    """What a store says of two pods and their nodes; `policies` select the sender."""
    sending = server if sender is Sender.SERVER else client if sender else None
    return Facts(
        server=server,
        client=client,
        server_node=store.nodes.get(server.node) if server else None,
        client_node=store.nodes.get(client.node) if client else None,
        sender_endpoint=store.endpoints.get(sending.key) if sending else None,
        policies=policies,
    )
