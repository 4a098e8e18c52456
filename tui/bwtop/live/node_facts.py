"""What the store knows of a node, as the checks look at it."""

import msgspec

from bwtop.live.configuration import Configuration
from bwtop.live.readings import NodeReading
from bwtop.live.store import Store
from bwtop.model.checks import Unread
from bwtop.model.node_facts import NodeFacts, Wanted


def node_facts(store: Store, name: str, configuration: Configuration | Unread) -> NodeFacts:
    """Of a node by its name; an agent whose status is not known tells nothing but why."""
    node, agent, reading = store.objects.nodes.get(name), store.objects.agents.get(name), store.readings.get(name)
    facts = NodeFacts(
        node=name,
        agent=agent.name if agent else "",
        unread=_unread(store, name, reading),
        kernel=node.kernel or None if node else None,
        provider=node.provider or None if node else None,
        wanted=_wanted(configuration, node.labels if node else None),
    )
    return facts if facts.unread or reading is None else _with_status(facts, reading)


def _wanted(configuration: Configuration | Unread, labels: tuple[str, ...] | None) -> Wanted | Unread:
    if isinstance(configuration, Unread):
        return configuration
    if labels is None and configuration.node_configs:
        return Unread("the Node's labels are not known, and CiliumNodeConfigs select by them")
    return configuration.wanted(labels or ())


def _unread(store: Store, name: str, reading: NodeReading | None) -> str:
    if why := store.join.unreadable(name, store.clock()):
        return why
    if reading is not None and reading.status is not None:
        return ""
    why = (reading.inspect_error or reading.error) if reading else ""
    return why or "the agent's status was not read yet"


def _with_status(facts: NodeFacts, reading: NodeReading) -> NodeFacts:
    status = reading.status
    if status is None:
        return facts
    return msgspec.structs.replace(
        facts,
        state=status.state,
        message=status.message,
        version=status.version,
        manager=reading.manager_enabled,
        congestion_control=status.congestion_control,
        devices=status.devices,
        other_devices=reading.other_devices,
        cni_chaining=status.cni_chaining,
        routing=status.routing,
        host_routing=status.host_routing,
        encryption=status.encryption,
        kube_proxy_replacement=status.kube_proxy_replacement,
        host_firewall=status.host_firewall,
        egress_program=reading.egress_program,
        bare_devices=reading.bare_devices,
    )
