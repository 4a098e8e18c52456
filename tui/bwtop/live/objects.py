"""The Kubernetes objects as last seen, with the indexes that the join needs, and which rows an event touches."""

from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterable

from bwtop.cilium.resources import CiliumEndpoint, CiliumNode, Node, Pod
from bwtop.live.endpoint_index import EndpointIndex

Named = tuple[str, str]
"""`node` or `cilium_node`, and its name."""


class Dirty:
    """Keys of rows to be made again."""

    def __init__(self) -> None:
        self.pods: set[str] = set()
        self.nodes: set[str] = set()
        self.endpoints: set[str] = set()
        self.limits_of: set[str] = set()
        """Names of nodes whose limits are to be made again."""

    def __bool__(self) -> bool:
        return bool(self.pods or self.nodes or self.endpoints or self.limits_of)


class Objects:
    """Pods, nodes, endpoints and agents; every change marks its own rows in `dirty` and no others."""

    def __init__(self, dirty: Dirty, moved: Callable[[str, str | None], None]) -> None:
        """`moved` is told the key of a pod whose annotation or endpoint changed, and when: now (None) or RFC 3339."""
        self.dirty = dirty
        self.pods: dict[str, Pod] = {}
        self.nodes: dict[str, Node] = {}
        self.endpoints: dict[str, CiliumEndpoint] = {}
        self.cilium_nodes: dict[str, CiliumNode] = {}
        self.agents: dict[str, Pod] = {}
        """Node name -> its agent."""
        self.pods_of: defaultdict[str, set[str]] = defaultdict(set)
        self.endpoints_listed = False
        """Whether the list of endpoints was whole once: before, a pod without one may have one."""
        self.annotated: Counter[str] = Counter()
        """Node name -> how many of its pods ask for a limit."""
        self._moved = moved
        self._node_names: set[str] = set()
        """Of nodes and CiliumNodes."""
        self._names_at: defaultdict[str, dict[Named, None]] = defaultdict(dict)
        """IP -> the objects that have it, the latest last: a Node and a CiliumNode share their addresses."""
        self._index = EndpointIndex()
        self._agents_of: defaultdict[str, dict[str, Pod]] = defaultdict(dict)
        """Node name -> its agent pods by key: two during a rollout."""
        self._node_of_agent: dict[str, str] = {}

    # -- what the join asks ---------------------------------------------------------------------------------------
    @property
    def node_count(self) -> int:
        """Nodes that have a Node, a CiliumNode or both."""
        return len(self._node_names)

    def node_name(self, ip: str) -> str | None:
        named = self._names_at.get(ip)
        return next(reversed(named))[1] if named else None

    def ips_of(self, node: str) -> Iterable[str]:
        """Every address under which the node's endpoints may name it."""
        if known := self.nodes.get(node):
            yield from known.addresses
        if (cilium := self.cilium_nodes.get(node)) and cilium.internal_ip:
            yield cilium.internal_ip

    def endpoint_at(self, node: str, endpoint_id: int) -> CiliumEndpoint | None:
        for ip in self.ips_of(node):
            if key := self._index.at(ip, endpoint_id):
                return self.endpoints[key]
        return None

    def endpoint_ids(self, node: str) -> set[int]:
        return {one for ip in self.ips_of(node) for one in self._index.ids(ip)}

    def endpoint_count(self, node: str) -> int:
        return len({key for ip in self.ips_of(node) for key in self._index.keys(ip)})

    # -- what the watches tell ------------------------------------------------------------------------------------
    def put_pod(self, pod: Pod, *, news: bool) -> None:
        """`news`: the pod came by a watch event, so a difference to what was known has just happened."""
        key = pod.key
        before = self.pods.get(key)
        self.pods[key] = pod
        self.dirty.pods.add(key)
        if before is not None:
            self._leave(before, key)
        self.pods_of[pod.node].add(key)
        self.annotated[pod.node] += bool(pod.annotation)
        if before is None or before.annotation != pod.annotation or before.uid != pod.uid:
            self._moved(key, None if news else pod.created_at)

    def drop_pod(self, key: str) -> None:
        if pod := self.pods.pop(key, None):
            self._leave(pod, key)
            self.dirty.pods.add(key)

    def put_endpoint(self, endpoint: CiliumEndpoint, *, news: bool) -> None:
        key, before = endpoint.key, self.endpoints.get(endpoint.key)
        self.endpoints[key] = endpoint
        self._reindex(before, endpoint)
        self.dirty.endpoints.add(key)
        if before is None or _identifies(before) != _identifies(endpoint):
            self._touch_behind(endpoint)
            if news:
                self._moved(key, None)

    def drop_endpoint(self, key: str) -> None:
        if endpoint := self.endpoints.pop(key, None):
            self._index.remove(endpoint)
            self._touch_behind(endpoint)
            self.dirty.endpoints.add(key)
            self._moved(key, None)

    def endpoints_whole(self) -> None:
        """The list of endpoints has come to its end; what it lacks is not there."""
        if not self.endpoints_listed:
            self.endpoints_listed = True
            self.dirty.pods |= self.pods.keys() - self.endpoints.keys()
            self.dirty.limits_of |= self.agents.keys()

    def put_node(self, node: Node) -> None:
        before = self.nodes.get(node.name)
        self.nodes[node.name] = node
        self._node_names.add(node.name)
        self._readdress(("node", node.name), before.addresses if before else (), node.addresses)

    def drop_node(self, name: str) -> None:
        if node := self.nodes.pop(name, None):
            self._forget_name(name)
            self._readdress(("node", name), node.addresses, ())

    def put_cilium_node(self, node: CiliumNode) -> None:
        before = self.cilium_nodes.get(node.name)
        self.cilium_nodes[node.name] = node
        self._node_names.add(node.name)
        self._readdress(("cilium_node", node.name), before.addresses if before else (), node.addresses)

    def drop_cilium_node(self, name: str) -> None:
        if node := self.cilium_nodes.pop(name, None):
            self._forget_name(name)
            self._readdress(("cilium_node", name), node.addresses, ())

    def put_agent(self, pod: Pod) -> None:
        if self._node_of_agent.get(pod.key, pod.node) != pod.node:
            self.drop_agent(pod.key)
        self._agents_of[pod.node][pod.key] = pod
        self._node_of_agent[pod.key] = pod.node
        self._elect(pod.node)

    def drop_agent(self, key: str) -> None:
        if (node := self._node_of_agent.pop(key, None)) is not None:
            del self._agents_of[node][key]
            self._elect(node)

    def agent_keys(self) -> Collection[str]:
        return self._node_of_agent

    # -- inside ---------------------------------------------------------------------------------------------------
    def _forget_name(self, node: str) -> None:
        if node not in self.nodes and node not in self.cilium_nodes:
            self._node_names.discard(node)

    def _leave(self, pod: Pod, key: str) -> None:
        self.pods_of[pod.node].discard(key)
        self.annotated[pod.node] -= bool(pod.annotation)

    def _elect(self, node: str) -> None:
        """During a rollout a node may have two agent pods: the ready one counts, then the younger."""
        pods = [pod for pod in self._agents_of[node].values() if not pod.deleting]
        best = max(pods, key=lambda pod: (pod.ready, pod.created_at), default=None)
        if best == self.agents.get(node) or not node:
            return
        if best is None:
            del self.agents[node]
        else:
            self.agents[node] = best
        self.touch_node(node)

    def touch_node(self, node: str) -> None:
        """Everything that hangs on the node's agent or addresses."""
        self.dirty.nodes.add(node)
        self.dirty.limits_of.add(node)
        self.dirty.pods |= self.pods_of.get(node, set())

    def _readdress(self, named: Named, before: Iterable[str], after: Iterable[str]) -> None:
        self.dirty.nodes.add(named[1])
        if set(before) == set(after):
            return
        shared = {*before, *after}
        named_before = {ip: self.node_name(ip) for ip in shared}
        for ip in set(before) - set(after):
            self._names_at[ip].pop(named, None)
        for ip in after:
            self._names_at[ip][named] = None
        for ip in shared:
            if (name := self.node_name(ip)) == named_before[ip]:
                continue
            self.dirty.endpoints.update(self._index.keys(ip))
            for one in filter(None, (name, named_before[ip])):
                self.touch_node(one)
        self.touch_node(named[1])

    def _reindex(self, before: CiliumEndpoint | None, endpoint: CiliumEndpoint) -> None:
        place = endpoint.node_ip, endpoint.endpoint_id
        if before is not None:
            if (before.node_ip, before.endpoint_id) == place:
                return
            self._index.remove(before)
            self._touch_behind(before)
        self._index.add(endpoint)

    def _touch_behind(self, endpoint: CiliumEndpoint) -> None:
        self.dirty.pods.add(endpoint.key)
        if node := self.node_name(endpoint.node_ip):
            self.dirty.nodes.add(node)
            self.dirty.limits_of.add(node)


def _identifies(endpoint: CiliumEndpoint) -> tuple[object, ...]:
    """What the join reads of an endpoint; a change of anything else touches the endpoint's own row only."""
    return (
        endpoint.endpoint_id,
        endpoint.identity_id,
        endpoint.node_ip,
        endpoint.ipv4,
        endpoint.ipv6,
        endpoint.owner_uid,
    )
