"""The commands that checks propose, for one cluster as one user. Nothing here is run by bwtop."""

import msgspec

from bwtop.model.versions import version_pair

BOOLEAN_MANAGER = (1, 12)
"""Up to here the chart's value was `bandwidthManager: true`."""


class Remedies(msgspec.Struct, frozen=True, kw_only=True):
    kubectl: str = "kubectl"
    """With the flags that name cluster and user: `kubectl --context prod`."""
    helm: str = "helm"
    namespace: str = "kube-system"
    """Cilium's."""
    release: str = "cilium"
    """Of helm."""
    daemonset: str = "cilium"
    version: str = ""
    """The chart's; empty: not known."""

    def helm_set(self, *values: str) -> str:
        """Changes values of the chart and nothing else: without its version, Cilium would be upgraded, too."""
        sets = "".join(f" --set {value}" for value in values)
        chart = f"cilium/cilium -n {self.namespace} --version {self.version or 'VERSION'}"
        return f"{self.helm} upgrade {self.release} {chart} --reuse-values{sets}"

    def restart(self) -> str:
        """The ConfigMap is read when an agent starts."""
        return self.in_namespace(f"rollout restart ds/{self.daemonset}")

    def manager_on(self) -> tuple[str, ...]:
        pair = version_pair(self.version)
        boolean = pair is not None and pair < BOOLEAN_MANAGER
        return self.helm_set("bandwidthManager=true" if boolean else "bandwidthManager.enabled=true"), self.restart()

    def in_namespace(self, words: str) -> str:
        return f"{self.kubectl} -n {self.namespace} {words}"

    def agent_log(self, agent: str, words: str) -> str:
        """What the agent said about a subject."""
        return self.in_namespace(f"logs {agent} -c cilium-agent | grep -i {words}")
