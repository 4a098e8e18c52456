"""Who may do what, and the reviews that answer it. The user of the demo's token may do everything."""

from collections.abc import Mapping, Sequence
from fnmatch import fnmatchcase
from typing import Any

import msgspec

from bwtop.demo.errors import StatusError
from bwtop.demo.kinds import REVIEWS

ADMIN = "demo-admin"
VIEWER = "demo-viewer"
"""May read everything, may not exec and not write; to be used with --as."""


class Attributes(msgspec.Struct, frozen=True, kw_only=True):
    """One thing to be done to one kind of object."""

    user: str
    verb: str
    group: str = ""
    resource: str = ""
    """`pods` or, with the subresource, `pods/exec`."""
    namespace: str = ""
    name: str = ""


class Rule(msgspec.Struct, frozen=True, kw_only=True):
    """Matches attributes; `*` matches all."""

    users: str = "*"
    verbs: Sequence[str] = ("*",)
    groups: Sequence[str] = ("*",)
    resources: Sequence[str] = ("*",)
    namespaces: str = "*"
    names: str = "*"

    def covers(self, asked: Attributes) -> bool:
        return (
            fnmatchcase(asked.user, self.users)
            and _any(asked.verb, self.verbs)
            and _any(asked.group, self.groups)
            and _any(asked.resource, self.resources)
            and fnmatchcase(asked.namespace, self.namespaces)
            and fnmatchcase(asked.name, self.names)
        )


def _any(text: str, patterns: Sequence[str]) -> bool:
    return any(fnmatchcase(text, pattern) for pattern in patterns)


class Access:
    """Allows what a rule allows and no other denies; denials are looked at first."""

    def __init__(self) -> None:
        self.allowed = [
            Rule(users=ADMIN),
            Rule(
                users=VIEWER,
                verbs=("get", "list", "watch"),
                resources=(
                    "namespaces",
                    "nodes",
                    "pods",
                    "configmaps",
                    "events",
                    "deployments",
                    "daemonsets",
                    "replicasets",
                    "statefulsets",
                    "ciliumendpoints",
                    "ciliumnodes",
                    "ciliumidentities",
                    "ciliumnodeconfigs",
                    "ciliumnetworkpolicies",
                    "ciliumclusterwidenetworkpolicies",
                ),
            ),
            Rule(verbs=("create",), groups=tuple(REVIEWS)),
        ]
        self.denied: list[Rule] = []

    def deny(self, **matching: Any) -> None:  # noqa: ANN401
        """Takes the fields of Rule: `deny(verbs=["create", "get"], resources=["pods/exec"])`."""
        self.denied.append(Rule(**matching))

    def may(self, asked: Attributes) -> bool:
        return any(rule.covers(asked) for rule in self.allowed) and not any(rule.covers(asked) for rule in self.denied)

    def check(self, asked: Attributes) -> None:
        """Raises StatusError 403, worded as Kubernetes' RBAC does."""
        if not self.may(asked):
            raise forbidden(asked)

    def review(self, body: Mapping[str, Any], user: str) -> dict[str, Any]:
        """Answers a SelfSubjectReview, SelfSubjectAccessReview or SelfSubjectRulesReview."""
        spec = body.get("spec") or {}
        if body.get("kind") == "SelfSubjectReview":
            return {**body, "status": {"userInfo": {"username": user, "groups": ["system:authenticated"]}}}
        if body.get("kind") == "SelfSubjectRulesReview":
            return {**body, "status": self._rules(user)}
        attributes = spec.get("resourceAttributes")
        if attributes is None:
            return {**body, "status": {"allowed": user == ADMIN}}
        asked = _attributes(attributes, user)
        allowed = self.may(asked)
        return {**body, "status": {"allowed": allowed, "reason": "" if allowed else "no rule allows it"}}

    def _rules(self, user: str) -> dict[str, Any]:
        rules = [rule for rule in self.allowed if fnmatchcase(user, rule.users)]
        return {
            "incomplete": bool(self.denied),
            "nonResourceRules": [],
            "resourceRules": [
                {"verbs": list(rule.verbs), "apiGroups": list(rule.groups), "resources": list(rule.resources)}
                for rule in rules
            ],
        }


def _attributes(asked: Mapping[str, str], user: str) -> Attributes:
    resource, sub = asked.get("resource", ""), asked.get("subresource", "")
    return Attributes(
        user=user,
        verb=asked.get("verb", ""),
        group=asked.get("group", ""),
        resource=f"{resource}/{sub}" if sub else resource,
        namespace=asked.get("namespace", ""),
        name=asked.get("name", ""),
    )


def forbidden(asked: Attributes) -> StatusError:
    where = f'in the namespace "{asked.namespace}"' if asked.namespace else "at the cluster scope"
    plural = asked.resource.partition("/")[0]
    plural = f"{plural}.{asked.group}" if asked.group else plural
    named = f'{plural} "{asked.name}"' if asked.name else plural
    message = (
        f'{named} is forbidden: User "{asked.user}" cannot {asked.verb} resource "{asked.resource}" '
        f'in API group "{asked.group}" {where}'
    )
    details = {"name": asked.name, "group": asked.group, "kind": plural.partition(".")[0]}
    return StatusError(403, "Forbidden", message, details={key: value for key, value in details.items() if value})
