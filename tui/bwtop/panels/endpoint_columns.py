"""The columns of the endpoints view, as `kubectl get ciliumendpoint` shows them up to Cilium 1.14."""

from collections.abc import Sequence

from bwtop.model.rows import EndpointRow
from bwtop.panels.cells import known, number_column, short_node, text_column
from bwtop_widgets.columns import Cell, Column


def endpoint_columns() -> Sequence[Column[EndpointRow]]:
    return (
        text_column("namespace", "NAMESPACE", lambda row: row.namespace, width=9, widest=20, priority=3),
        text_column("name", "NAME", lambda row: row.name, width=16, widest=48, clip="middle"),
        number_column("endpoint", "ENDPOINT ID", lambda row: row.endpoint_id, width=11),
        number_column("identity", "IDENTITY ID", lambda row: row.identity_id, width=11),
        text_column("ingress", "INGRESS", lambda row: _word(row.ingress_enforcement), width=9, widest=18, priority=6),
        text_column("egress", "EGRESS", lambda row: _word(row.egress_enforcement), width=9, widest=18, priority=5),
        Column(
            key="state",
            title="STATE",
            cell=lambda row: known(row.state) if row.state == "ready" else Cell(row.state or "–", "warn"),
            sort=lambda row: row.state,
            min_width=8,
            max_width=20,
        ),
        text_column("ipv4", "IPV4", lambda row: row.ipv4, width=15, priority=2),
        text_column("ipv6", "IPV6", lambda row: row.ipv6, width=6, widest=26, priority=8),
        text_column(
            "node", "NODE", lambda row: short_node(row.node or ""), width=9, widest=26, priority=4, clip="start"
        ),
    )


def _word(enforcement: str | None) -> str | None:
    """`disabled` of `<status disabled>`, of which a narrow column would show only the brackets."""
    return enforcement and enforcement.removeprefix("<status ").removesuffix(">")
