"""Names and labels that Kubernetes and Cilium make up."""

import hashlib
from collections.abc import Mapping
from random import Random

from bwtop.demo.spec import WorkloadSpec

ALPHABET = "bcdfghjklmnpqrstvwxz2456789"
"""Of the names that Kubernetes makes up."""

REVISIONS = ("pod-template-hash", "controller-revision-hash")
"""Labels that say which template a pod was made from; Cilium leaves them out of identities."""


def security_labels(labels: Mapping[str, str], namespace: str) -> tuple[str, ...]:
    """What Cilium makes an identity of: sorted, with the namespace and the service account."""
    own = {
        **{key: value for key, value in labels.items() if key not in REVISIONS},
        "io.cilium.k8s.namespace.labels.kubernetes.io/metadata.name": namespace,
        "io.cilium.k8s.policy.cluster": "default",
        "io.cilium.k8s.policy.serviceaccount": "default",
        "io.kubernetes.pod.namespace": namespace,
    }
    return tuple(f"k8s:{key}={own[key]}" for key in sorted(own))


def pod_name(spec: WorkloadSpec, prefix: str, number: int, *, random: Random) -> str:
    """Of the pod with this number of a workload whose pods begin with `prefix`."""
    if spec.kind == "Pod":
        return prefix if number == 0 else f"{prefix}-{number}"
    return f"{prefix}-{number}" if spec.kind == "StatefulSet" else f"{prefix}-{some_letters(random)}"


def some_letters(random: Random) -> str:
    """The end of a generated name."""
    return "".join(random.choices(ALPHABET, k=5))


def letters(text: str, count: int) -> str:
    """The same letters for the same text: a pod template's hash."""
    digest = hashlib.sha256(text.encode()).digest()
    return "".join(ALPHABET[byte % len(ALPHABET)] for byte in digest[:count])
