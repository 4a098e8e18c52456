"""What the demo API server says that it can do: group and resource discovery, aggregated and not."""

from collections.abc import Sequence
from typing import Any

from bwtop.demo.kinds import KINDS, REVIEWS, Kind

Body = dict[str, Any]
READ = ("get", "list", "watch")
AGGREGATED = "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList"
_GROUPS = (("apps", "v1"), *((group, "v1") for group in REVIEWS), ("cilium.io", "v2"))


def verbs(kind: Kind) -> Sequence[str]:
    return (
        ("create", "delete", "get", "list", "patch", "watch")
        if kind.plural == "pods"
        else ("get", "list", "patch", "watch")
    )


def answer(path: str, *, accept: str, version: str) -> tuple[Body, str] | None:
    """The document at a discovery path and its media type; None when the path is none."""
    plain = "application/json"
    if path in ("/api", "/apis") and "as=APIGroupDiscoveryList" in accept and "v=v2;" in accept:
        return (_aggregated(core=path == "/api"), AGGREGATED)
    match path.strip("/").split("/"):
        case ["version"]:
            return _version(version), plain
        case ["api"]:
            return {"kind": "APIVersions", "versions": ["v1"], "serverAddressByClientCIDRs": []}, plain
        case ["apis"]:
            return {"kind": "APIGroupList", "apiVersion": "v1", "groups": [_group(*group) for group in _GROUPS]}, plain
        case ["apis", name] if found := [_group(*group) for group in _GROUPS if group[0] == name]:
            return {"kind": "APIGroup", "apiVersion": "v1", **found[0]}, plain
        case ["api", "v1"]:
            return _resources("", "v1"), plain
        case ["apis", name, number] if (name, number) in _GROUPS:
            return _resources(name, number), plain
    return None


def _version(text: str) -> Body:
    major, minor = text.removeprefix("v").split(".")[:2]
    return {
        "major": major,
        "minor": f"{minor}+" if "eks" in text else minor,
        "gitVersion": text,
        "gitCommit": "0" * 40,
        "gitTreeState": "clean",
        "buildDate": "2024-04-11T00:00:00Z",
        "goVersion": "go1.21.9",
        "compiler": "gc",
        "platform": "linux/amd64",
    }


def _group(name: str, version: str) -> Body:
    only = {"groupVersion": f"{name}/{version}", "version": version}
    return {"name": name, "versions": [only], "preferredVersion": only}


def _resources(group: str, version: str) -> Body:
    found = [entry for kind in KINDS if (kind.group, kind.version) == (group, version) for entry in _entries(kind)]
    if group in REVIEWS:
        found = [
            {"name": name, "singularName": "", "namespaced": False, "kind": kind, "verbs": ["create"]}
            for name, kind in REVIEWS[group].items()
        ]
    group_version = f"{group}/{version}" if group else version
    return {"kind": "APIResourceList", "apiVersion": "v1", "groupVersion": group_version, "resources": found}


def _entries(kind: Kind) -> list[Body]:
    main = {
        "name": kind.plural,
        "singularName": kind.kind.lower(),
        "namespaced": kind.namespaced,
        "kind": kind.kind,
        "verbs": list(verbs(kind)),
    }
    if kind.short:
        main["shortNames"] = list(kind.short)
    if kind.categories:
        main["categories"] = list(kind.categories)
    return [
        main,
        *(
            {
                "name": f"{kind.plural}/{sub}",
                "singularName": "",
                "namespaced": kind.namespaced,
                "kind": "PodExecOptions" if sub == "exec" else kind.kind,
                "verbs": _subresource_verbs(sub),
            }
            for sub in kind.subresources
        ),
    ]


def _subresource_verbs(name: str) -> list[str]:
    return ["create", "get"] if name == "exec" else ["get", "patch"]


def _aggregated(*, core: bool) -> Body:
    groups: Sequence[tuple[str, str]] = (("", "v1"),) if core else _GROUPS
    items = [
        {
            "metadata": {"name": group or None, "creationTimestamp": None} if group else {"creationTimestamp": None},
            "versions": [
                {"version": version, "freshness": "Current", "resources": _aggregated_resources(group, version)}
            ],
        }
        for group, version in groups
    ]
    return {"kind": "APIGroupDiscoveryList", "apiVersion": "apidiscovery.k8s.io/v2", "metadata": {}, "items": items}


def _aggregated_resources(group: str, version: str) -> list[Body]:
    if group in REVIEWS:
        return [
            {
                "resource": name,
                "responseKind": _response_kind(group, version, kind),
                "scope": "Cluster",
                "singularResource": kind.lower(),
                "verbs": ["create"],
            }
            for name, kind in REVIEWS[group].items()
        ]
    return [_aggregated_resource(kind) for kind in KINDS if (kind.group, kind.version) == (group, version)]


def _aggregated_resource(kind: Kind) -> Body:
    found: Body = {
        "resource": kind.plural,
        "responseKind": _response_kind(kind.group, kind.version, kind.kind),
        "scope": "Namespaced" if kind.namespaced else "Cluster",
        "singularResource": kind.kind.lower(),
        "verbs": list(verbs(kind)),
        "shortNames": list(kind.short),
        "categories": list(kind.categories),
        "subresources": [
            {
                "subresource": sub,
                "verbs": _subresource_verbs(sub),
                "responseKind": _response_kind(
                    kind.group, kind.version, "PodExecOptions" if sub == "exec" else kind.kind
                ),
            }
            for sub in kind.subresources
        ],
    }
    return {key: value for key, value in found.items() if value}


def _response_kind(group: str, version: str, kind: str) -> Body:
    return {"group": group, "version": version, "kind": kind}
