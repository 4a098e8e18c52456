"""Which L7 policies select a pod at egress, as they stand on the API server: no watch follows them."""

from collections.abc import Sequence

from bwtop.cilium.policies import Policy, PolicyList, l7_policies
from bwtop.kube.api import Api
from bwtop.kube.errors import ApiError
from bwtop.kube.fetch import fetch
from bwtop.live.store import Store
from bwtop.model.checks import Unread
from bwtop.model.pod_facts import L7Policy


async def read_policies(api: Api, namespace: str) -> Sequence[Policy]:
    """Those of the namespace, and the cluster-wide ones; none of a kind that the cluster does not know.

    Raises KubeError for all else.
    """
    paths = (f"namespaces/{namespace}/ciliumnetworkpolicies", "ciliumclusterwidenetworkpolicies")
    found: list[Policy] = []
    for path in paths:
        try:
            found += (await fetch(api, f"/apis/cilium.io/v2/{path}", PolicyList)).items or ()
        except ApiError as error:
            if error.code != 404:
                raise
    return tuple(found)


def selecting(store: Store, key: str, policies: Sequence[Policy] | Unread) -> tuple[L7Policy, ...] | Unread:
    """Those that select the pod `namespace/name`, which may be any that the store knows.

    Cilium selects by the identity's labels; where it is not known, by the pod's, from which it is made.
    """
    pod, endpoint = store.objects.pods.get(key), store.objects.endpoints.get(key)
    if isinstance(policies, Unread):
        return policies
    if pod is None:
        return Unread(f"the labels of {key} are not known")
    identity = endpoint.identity_labels if endpoint else ()
    return tuple(l7_policies(policies, namespace=pod.namespace, labels=identity or pod.labels))
