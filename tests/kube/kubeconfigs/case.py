"""A kubeconfig with who must arrive at which server: a case, and words to write cases with."""

import base64
import json
from dataclasses import dataclass, field
from typing import Any

from kube.pki_files import PKI, pem
from kube.recorder import Visit

Fields = dict[str, Any]


V1, V1BETA1 = "client.authentication.k8s.io/v1", "client.authentication.k8s.io/v1beta1"


EXPIRED = "2020-01-01T00:00:00Z"


@dataclass(frozen=True, kw_only=True)
class Case:
    """`$tls`, `$named`, `$plain` (servers), `$proxy`, `$port` (of tls), `$home`: filled in when the test runs."""

    name: str
    files: dict[str, str]
    """Texts by file name; those in `scripts` can be run."""
    environ: dict[str, str] = field(default_factory=lambda: {"KUBECONFIG": "$home/config"})
    flags: tuple[str, ...] = ()
    visit: Visit | None = None
    """Who arrives; None: nobody, because kubectl and bwtop both refuse to go."""


def b64(text: str) -> str:
    return base64.b64encode(text.encode()).decode()


AUTHORITY = {"certificate-authority-data": b64(pem("authority.pem"))}


CERTIFICATE = {"client-certificate-data": b64(pem("client.pem")), "client-key-data": b64(pem("client.key"))}


CERTIFICATE_FILES = {"client-certificate": str(PKI / "client.pem"), "client-key": str(PKI / "client.key")}


TOKEN = {"token": "sesame"}


SESAME = "Bearer sesame"


def entry(kind: str, name: str, fields: Fields) -> Fields:
    return {"name": name, kind: fields}


def config(name: str = "prod", *, user: Fields | None = TOKEN, cluster: Fields | None = None, **top: Any) -> str:
    """One context, user and cluster of one name; the cluster is `$tls` unless it says another; `top` replaces."""
    found = {"server": "$tls", **AUTHORITY} if cluster is None else cluster
    content = {
        "apiVersion": "v1",
        "kind": "Config",
        "current-context": name,
        "contexts": [entry("context", name, {"cluster": name, "user": name})],
        "clusters": [entry("cluster", name, found)],
        "users": [entry("user", name, user or {})],
    }
    return json.dumps({key: value for key, value in {**content, **top}.items() if value is not None})


def on_tls(**cluster: Any) -> Fields:
    return {"server": "$tls", **AUTHORITY, **cluster}


def at(path: str) -> Fields:
    return on_tls(server=f"$tls/{path}")


def plugin(script: str = "", *, token: str = "sesame", version: str = V1, **spec: Any) -> tuple[Fields, dict[str, str]]:
    """A user with a plugin that prints a token after `script`, and the plugin's file."""
    answer = json.dumps({"apiVersion": version, "kind": "ExecCredential", "status": {"token": token}})
    fields = {"apiVersion": version, "command": "./plugin", "interactiveMode": "Never", **spec}
    exec_spec = {key: value for key, value in fields.items() if value is not None}
    return {"exec": exec_spec}, {"plugin": f"#!/bin/sh\n{script}\ncat <<EOF\n{answer}\nEOF\n"}


def with_plugin(name: str, script: str = "", *, user: Fields | None = None, **case: Any) -> Case:
    """The plugin's own settings and `user`'s further fields."""
    own = {key: case.pop(key) for key in tuple(case) if key not in ("visit", "flags", "environ", "cluster")}
    fields, files = plugin(script, **own)
    cluster = case.pop("cluster", None)
    return Case(name=name, files={"config": config(user={**fields, **(user or {})}, cluster=cluster), **files}, **case)


def simple(name: str, user: Fields, visit: Visit | None, *, flags: tuple[str, ...] = (), **cluster: Any) -> Case:
    return Case(name=name, files={"config": config(user=user, cluster=on_tls(**cluster))}, flags=flags, visit=visit)


def came(authorization: str = SESAME, *, server: str = "tls", path: str = "/api", **seen: Any) -> Visit:
    return Visit(server=server, path=path, authorization=authorization, **seen)


def impersonated(*headers: tuple[str, str]) -> Visit:
    return came(impersonated=tuple(sorted((f"impersonate-{name}", value) for name, value in headers)))
