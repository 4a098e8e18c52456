"""What a page of checks may be about: a pod or a pair, a node, the whole cluster. All read from a live cluster."""

from typing import Protocol

from bwtop.live.cluster import Cluster
from bwtop.live.configuration import Configuration, read_configuration
from bwtop.live.doctor import agents_namespace, examine, remedies_of
from bwtop.live.explain import NOT_READ_YET, Surroundings, explain, read_surroundings
from bwtop.live.node_facts import node_facts
from bwtop.model.checks import Check, Unread
from bwtop.model.node_checks import node_checks
from bwtop.model.remedies import Remedies
from bwtop.panels.checks_page import Page, doctor_page, explanation_page, node_page


class Subject(Protocol):
    @property
    def title(self) -> str: ...

    async def read(self) -> None:
        """Brings what the store does not hold; never raises KubeError."""

    def page(self) -> Page | None:
        """As it is known now; None: nothing is yet, or no longer."""


class PodSubject:
    """A pod, or what it sends to a peer; keys are `namespace/name`."""

    def __init__(self, cluster: Cluster, key: str, peer: str | None = None) -> None:
        self._cluster, self._key, self._peer = cluster, key, peer
        self._surroundings: Surroundings = NOT_READ_YET

    @property
    def title(self) -> str:
        return f"Explain {self._key}" + (f" to {self._peer}" if self._peer else "")

    async def read(self) -> None:
        self._surroundings = await read_surroundings(
            self._cluster.api,
            namespace=self._key.partition("/")[0],
            cilium_namespace=agents_namespace(self._cluster.store, self._cluster.cilium_namespace),
            cilium_selector=self._cluster.profile.cilium_selector,
        )

    def page(self) -> Page | None:
        found = explain(
            self._cluster.store,
            self._key,
            peer=self._peer,
            surroundings=self._surroundings,
            remedies=_remedies(self._cluster, self._surroundings.configuration),
        )
        return explanation_page(found) if found else None


class NodeSubject:
    def __init__(self, cluster: Cluster, node: str) -> None:
        self._cluster, self._node = cluster, node
        self._configuration: Configuration | Unread = Unread("not read yet")

    @property
    def title(self) -> str:
        return f"Node {self._node}"

    async def read(self) -> None:
        namespace = agents_namespace(self._cluster.store, self._cluster.cilium_namespace)
        self._configuration = await read_configuration(
            self._cluster.api, namespace=namespace, selector=self._cluster.profile.cilium_selector
        )

    def page(self) -> Page:
        facts = node_facts(self._cluster.store, self._node, self._configuration)
        return node_page(self._node, tuple(node_checks(facts, _remedies(self._cluster, self._configuration))))


class ClusterSubject:
    """The doctor: reads everything anew, the agents included."""

    title = "Doctor"

    def __init__(self, cluster: Cluster) -> None:
        self._cluster = cluster
        self._checks: tuple[Check, ...] = ()

    async def read(self) -> None:
        self._checks = tuple(
            await examine(
                self._cluster.api,
                cilium_namespace=self._cluster.cilium_namespace,
                cilium_selector=self._cluster.profile.cilium_selector,
            )
        )

    def page(self) -> Page | None:
        return doctor_page(self._checks) if self._checks else None


def _remedies(cluster: Cluster, configuration: Configuration | Unread) -> Remedies:
    namespace = agents_namespace(cluster.store, cluster.cilium_namespace)
    return remedies_of(cluster.api.connection, configuration, namespace)
