"""What a request of the Kubernetes API asks for, in RBAC's words: verb, resource, namespace."""

from collections.abc import Iterable
from dataclasses import dataclass

Params = Iterable[tuple[str, str]]
"""Query parameters; a name may come several times."""

_VERBS = {"POST": "create", "PUT": "update", "PATCH": "patch", "DELETE": "delete"}


@dataclass(frozen=True, kw_only=True)
class Target:
    verb: str
    resource: str
    """With the subresource: `pods/exec`; the path itself where it is no resource."""
    namespace: str = ""
    """Empty: all namespaces, or an object that has none."""
    name: str = ""

    def __str__(self) -> str:
        words = [self.verb, self.resource] + ([self.name] if self.name else [])
        return " ".join([*words, "in", self.namespace] if self.namespace else words)

    @property
    def can_i(self) -> str:
        """The words after `kubectl auth can-i`."""
        where = f" -n {self.namespace}" if self.namespace else (" -A" if self.verb in ("list", "watch") else "")
        return f"auth can-i {self.verb} {self.resource}{where}"


def read_target(method: str, path: str, params: Params = ()) -> Target:
    """Source of the rule: k8s.io/apiserver, RequestInfoFactory."""
    parts = path.strip("/").split("/")
    parts = parts[2:] if parts[0] == "api" else parts[3:] if parts[0] == "apis" else []
    if not parts:
        return Target(verb=method.lower(), resource=path)
    namespace = ""
    if parts[0] == "namespaces" and len(parts) > 2:
        namespace, parts = parts[1], parts[2:]
    resource, name, *below = [*parts, ""] if len(parts) == 1 else parts
    if below:
        resource = f"{resource}/{below[0]}"
    return Target(verb=_verb(method, name, params), resource=resource, namespace=namespace, name=name)


def _verb(method: str, name: str, params: Params) -> str:
    if method != "GET":
        return _VERBS.get(method, method.lower())
    if name:
        return "get"
    return "watch" if ("watch", "1") in list(params) else "list"
