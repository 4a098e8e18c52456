"""Policies that a test puts into the demo cluster."""

from typing import Any

L7_POLICY: dict[str, Any] = {
    "apiVersion": "cilium.io/v2",
    "kind": "CiliumNetworkPolicy",
    "metadata": {"name": "web", "namespace": "default"},
    "spec": {
        "endpointSelector": {},
        "egress": [
            {"toPorts": [{"ports": [{"port": "80", "protocol": "TCP"}], "rules": {"http": [{"method": "GET"}]}}]}
        ],
    },
}
"""It selects every pod of its namespace."""
