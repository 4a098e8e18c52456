"""Kubeconfigs, and who must arrive at which server with each of them: kubectl's own answers."""

from kube.kubeconfigs.case import Case
from kube.kubeconfigs.clusters import CLUSTERS, PROXIES
from kube.kubeconfigs.contexts import CONTEXTS
from kube.kubeconfigs.users import OIDC, PLUGINS, USERS

CASES = (*USERS, *PLUGINS, *OIDC, *CLUSTERS, *PROXIES, *CONTEXTS)

__all__ = ["CASES", "Case"]
