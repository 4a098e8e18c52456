"""Kubeconfigs, and who must arrive at which server with each of them: kubectl's own answers."""

import base64
import json
from dataclasses import dataclass, field
from typing import Any

from kube.identity_provider import EXPIRED as RUN_OUT
from kube.identity_provider import LASTING, RENEWED
from kube.pki_files import PKI, pem
from kube.recorder import Visit

Fields = dict[str, Any]
V1, V1BETA1 = "client.authentication.k8s.io/v1", "client.authentication.k8s.io/v1beta1"
EXPIRED = "2020-01-01T00:00:00Z"
"""A time that every machine takes for gone."""


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


INFO = (
    'python3 -c \'import base64, json, os; told = json.loads(os.environ["KUBERNETES_EXEC_INFO"]);'
    " text = json.dumps(told, sort_keys=True).encode();"
    " print(base64.urlsafe_b64encode(text).decode())' >$home/info"
)
"""Leaves what the plugin is told in a form that does not depend on the order of its fields."""

USERS = (
    simple("a token", TOKEN, came()),
    simple("a token file beside the kubeconfig", {"tokenFile": "token"}, came()),
    simple("a token file wins over a token", {"tokenFile": "token", "token": "other"}, came()),
    simple("a token stands in for a token file that is gone", {"tokenFile": "gone", **TOKEN}, came()),
    simple("a token file that is gone", {"tokenFile": "gone"}, None),
    simple("an empty token file", {"tokenFile": "empty"}, None),
    simple("a name and a password", {"username": "jo", "password": "pw"}, came(f"Basic {b64('jo:pw')}")),
    simple("a name without a password", {"username": "jo"}, came(f"Basic {b64('jo:')}")),
    simple("a token and a password", {**TOKEN, "username": "jo", "password": "pw"}, None),
    simple("a user without any credential", {}, None),
    simple("a client certificate as data", CERTIFICATE, came("", certificate="jo")),
    simple("a client certificate as files", CERTIFICATE_FILES, came("", certificate="jo")),
    simple("a client certificate and a token", {**CERTIFICATE, **TOKEN}, came(certificate="jo")),
    simple("a client certificate twice", {**CERTIFICATE, **CERTIFICATE_FILES}, None),
    simple("a client certificate without its key", {"client-certificate": str(PKI / "client.pem")}, None),
    simple("a key of another certificate", {**CERTIFICATE_FILES, "client-key": str(PKI / "server.key")}, None),
    simple("--token beside a client certificate", CERTIFICATE, came(certificate="jo"), flags=("--token=sesame",)),
    simple("--token instead of a token", {"token": "other"}, came(), flags=("--token=sesame",)),
    simple("a token file wins over --token", {"tokenFile": "other"}, came("Bearer other"), flags=("--token=sesame",)),
    simple("--token beside a password", {"username": "jo", "password": "pw"}, None, flags=("--token=sesame",)),
    simple("--as", TOKEN, impersonated(("user", "eva")), flags=("--as=eva",)),
    simple(
        "--as and two groups",
        TOKEN,
        impersonated(("user", "eva"), ("group", "a"), ("group", "b")),
        flags=("--as=eva", "--as-group=a", "--as-group=b"),
    ),
    simple("a group without a user", TOKEN, None, flags=("--as-group=a",)),
    simple(
        "impersonation in the kubeconfig",
        {**TOKEN, "as": "eva", "as-uid": "7", "as-groups": ["a"], "as-user-extra": {"scope/X": ["dev", "ops"]}},
        impersonated(("user", "eva"), ("uid", "7"), ("group", "a"), ("extra-scope/x", "dev"), ("extra-scope/x", "ops")),
    ),
    simple(
        "--as keeps the groups of the kubeconfig",
        {**TOKEN, "as": "jo", "as-groups": ["a"]},
        impersonated(("user", "eva"), ("group", "a")),
        flags=("--as=eva",),
    ),
    simple("groups in the kubeconfig without a user", {**TOKEN, "as-groups": ["a"]}, None),
    simple("an auth-provider that is gone", {"auth-provider": {"name": "gcp"}}, None),
)

PLUGINS = (
    with_plugin("a plugin of v1", visit=came()),
    with_plugin("a plugin of v1beta1", version=V1BETA1, visit=came()),
    with_plugin("a plugin of v1beta1 without interactiveMode", version=V1BETA1, interactiveMode=None, visit=came()),
    with_plugin("a plugin of v1 without interactiveMode", interactiveMode=None, visit=None),
    with_plugin("a plugin of v1alpha1", version="client.authentication.k8s.io/v1alpha1", visit=None),
    with_plugin("a plugin that insists on a terminal", interactiveMode="Always", visit=None),
    with_plugin("a plugin with an interactiveMode that is none", interactiveMode="Sometimes", visit=None),
    with_plugin("a plugin with arguments and an environment", '[ "$$1 $$PROFILE" = "get ops" ] || exit 3', args=["get"],
                env=[{"name": "PROFILE", "value": "ops"}], visit=came()),
    with_plugin("a plugin that fails", "echo expired >&2; exit 255", visit=None),
    with_plugin("a plugin that is missing", command="./gone", installHint="brew install it", visit=None),
    with_plugin("a plugin on the PATH", command="plugin-on-path", visit=came("Bearer path")),
    with_plugin("a plugin beside a token", "exit 3", user=TOKEN, visit=came()),
    with_plugin("a plugin beside a client certificate", "exit 3", user=CERTIFICATE, visit=came("", certificate="jo")),
    with_plugin("a plugin beside a password", "exit 3", user={"username": "jo"}, visit=came(f"Basic {b64('jo:')}")),
    with_plugin("a plugin and --token", "exit 3", flags=("--token=sesame",), visit=came()),
    with_plugin("a plugin whose answer is of another version", token="t", visit=None,
                script=f"echo '{{\"apiVersion\":\"{V1BETA1}\",\"kind\":\"ExecCredential\",\"status\":{{}}}}'; exit"),
    with_plugin("a plugin that is told its cluster", INFO, provideClusterInfo=True, visit=came(), cluster=on_tls(
        extensions=[{"name": "client.authentication.k8s.io/exec", "extension": {"audience": "a"}}])),
    with_plugin("a plugin that is not told its cluster", INFO, visit=came()),
    with_plugin("a plugin and plain HTTP", "exit 3", cluster={"server": "$plain"}, visit=came("", server="plain")),
)  # fmt: skip


def with_oidc(name: str, visit: Visit | None, *, user: Fields | None = None, **settings: str | None) -> Case:
    """`settings` with underscores for the dashes; None leaves one out."""
    usual = {
        "idp-issuer-url": "$issuer",
        "idp-certificate-authority-data": b64(pem("authority.pem")),
        "client-id": "kubernetes",
        "client-secret": "s3cret",
        "id-token": RUN_OUT,
        "refresh-token": "refresh-1",
    }
    given = {**usual, **{key.replace("_", "-"): value for key, value in settings.items()}}
    fields = {"name": "oidc", "config": {key: value for key, value in given.items() if value is not None}}
    return simple(name, {"auth-provider": fields, **(user or {})}, visit)


OIDC = (
    with_oidc("an OIDC token that lasts", came(f"Bearer {LASTING}"), id_token=LASTING),
    with_oidc("an OIDC token that has run out", came(f"Bearer {RENEWED}")),
    with_oidc("an OIDC login without an ID token", came(f"Bearer {RENEWED}"), id_token=None),
    with_oidc(
        "an OIDC provider's authority as a file", came(f"Bearer {RENEWED}"),
        idp_certificate_authority_data=None, idp_certificate_authority=str(PKI / "authority.pem"),
    ),
    with_oidc("an OIDC provider with a slash at the end", came(f"Bearer {RENEWED}"), idp_issuer_url="$issuer/"),
    with_oidc(
        "an OIDC provider that wants the client in the body", came(f"Bearer {RENEWED}"),
        client_id="in-body", client_secret="s3cret",
    ),
    with_oidc("an OIDC client without a secret", came(f"Bearer {RENEWED}"), client_id="public", client_secret=None),
    with_oidc("an OIDC token that has run out, and no refresh token", None, refresh_token=None),
    with_oidc("an OIDC refresh token that is refused", None, refresh_token="stolen"),
    with_oidc("an OIDC client whose secret is refused", None, client_secret="wrong"),
    with_oidc("an OIDC provider of another authority", None, idp_certificate_authority_data=b64(pem("stranger.pem"))),
    with_oidc("an OIDC provider that nobody vouches for", None, idp_certificate_authority_data=None),
    with_oidc("an OIDC provider that is away", None, idp_issuer_url="https://127.0.0.1:1"),
    with_oidc("an OIDC login without a provider", None, id_token=LASTING, idp_issuer_url=None),
    with_oidc("an OIDC login without a client", None, id_token=LASTING, client_id=None),
    with_oidc("an OIDC login beside a token", came(), user=TOKEN),
)  # fmt: skip

CLUSTERS = (
    simple("a path in the server's address", TOKEN, came(path="/k8s/clusters/c-1/api"), server="$tls/k8s/clusters/c-1"),
    simple("a slash at the end of it", TOKEN, came(path="/k8s/api"), server="$tls/k8s/"),
    simple("an authority that is another's", TOKEN, None, **{"certificate-authority-data": b64(pem("stranger.pem"))}),
    simple("an authority that is none", TOKEN, None, **{"certificate-authority-data": b64("no PEM")}),
    simple("an authority as data and as a file", TOKEN, None, **{"certificate-authority": str(PKI / "authority.pem")}),
    simple("an authority and insecure-skip-tls-verify", TOKEN, None, **{"insecure-skip-tls-verify": True}),
    simple("an authority and --insecure-skip-tls-verify", TOKEN, came(), flags=("--insecure-skip-tls-verify",)),
    Case(
        name="insecure-skip-tls-verify",
        files={"config": config(cluster={"server": "$named", "insecure-skip-tls-verify": True})},
        visit=came(server="named"),
    ),
    Case(
        name="an authority beside the kubeconfig",
        files={"config": config(cluster={"server": "$tls", "certificate-authority": "authority.pem"})},
        visit=came(),
    ),
    Case(
        name="an authority that is gone",
        files={"config": config(cluster={"server": "$tls", "certificate-authority": "gone.pem"})},
    ),
    Case(name="no authority at all", files={"config": config(cluster={"server": "$tls"})}),
    simple("a certificate for another name", TOKEN, None, server="$named"),
    simple(
        "tls-server-name", TOKEN, came(server="named", sni="api.example"),
        server="$named", **{"tls-server-name": "api.example"},
    ),
    simple(
        "--tls-server-name", TOKEN, came(server="named", sni="api.example"),
        server="$named", flags=("--tls-server-name=api.example",),
    ),
    simple(
        "--server leaves the tls-server-name of the kubeconfig", TOKEN, None,
        flags=("--server=$named",), **{"tls-server-name": "api.example"},
    ),
    simple("--server", TOKEN, came(path="/else/api"), server="https://127.0.0.1:1", flags=("--server=$tls/else",)),
    Case(name="plain HTTP", files={"config": config(cluster={"server": "$plain"})}, visit=came("", server="plain")),
    Case(
        name="plain HTTP and impersonation",
        files={"config": config(user={**TOKEN, "as": "eva"}, cluster={"server": "$plain"})},
        visit=came("", server="plain", impersonated=(("impersonate-user", "eva"),)),
    ),
    simple("a server without a scheme", TOKEN, None, server="127.0.0.1:$port"),
    simple("no server", TOKEN, None, server=""),
    simple("proxy-url", TOKEN, came(proxied=True), **{"proxy-url": "$proxy"}),
    simple("proxy-url without a scheme", TOKEN, None, **{"proxy-url": "localhost:3128"}),
    simple("proxy-url of another kind", TOKEN, None, **{"proxy-url": "ftp://localhost:3128"}),
    simple("proxy-url of an ssh -D", TOKEN, came(proxied=True), **{"proxy-url": "socks5://127.0.0.1:$proxyport"}),
    simple(
        "proxy-url of an ssh -D for a server that only the proxy can reach", TOKEN,
        came(proxied=True, sni="api.example"),
        server="https://api.example:6443", **{"proxy-url": "socks5://127.0.0.1:$proxyport"},
    ),
    simple(
        "proxy-url of an ssh -D and tls-server-name", TOKEN, came(proxied=True, sni="api.example"),
        server="https://10.9.8.7:6443",
        **{"proxy-url": "socks5://127.0.0.1:$proxyport", "tls-server-name": "api.example"},
    ),
    simple("proxy-url of an ssh -D that nobody answers", TOKEN, None, **{"proxy-url": "socks5://127.0.0.1:1"}),
    simple("proxy-url that nobody answers", TOKEN, None, **{"proxy-url": "http://127.0.0.1:1"}),
    simple(
        "proxy-url for a server that only the proxy can reach", TOKEN, came(proxied=True, sni="api.example"),
        server="https://api.example:6443", **{"proxy-url": "$proxy"},
    ),
    simple(
        "proxy-url and tls-server-name", TOKEN, came(proxied=True, sni="api.example"),
        server="https://10.9.8.7:6443", **{"proxy-url": "$proxy", "tls-server-name": "api.example"},
    ),
)  # fmt: skip


def through_environment(name: str, visit: Visit | None, **environ: str) -> Case:
    files = {"config": config(cluster=on_tls(server="https://api.example:6443"))}
    return Case(name=name, files=files, environ={"KUBECONFIG": "$home/config", **environ}, visit=visit)


THROUGH = came(proxied=True, sni="api.example")
PROXIES = (
    through_environment("HTTPS_PROXY", THROUGH, HTTPS_PROXY="$proxy"),
    through_environment("https_proxy", THROUGH, https_proxy="$proxy"),
    through_environment("HTTPS_PROXY without a scheme", THROUGH, HTTPS_PROXY="127.0.0.1:$proxyport"),
    through_environment("HTTPS_PROXY wins over https_proxy", THROUGH, HTTPS_PROXY="$proxy", https_proxy="http://127.0.0.1:1"),
    through_environment("HTTPS_PROXY of an ssh -D", THROUGH, HTTPS_PROXY="socks5://127.0.0.1:$proxyport"),
    through_environment("HTTP_PROXY is not for TLS", None, HTTP_PROXY="$proxy"),
    through_environment("NO_PROXY with the name", None, HTTPS_PROXY="$proxy", NO_PROXY="api.example"),
    through_environment("no_proxy with the domain", None, HTTPS_PROXY="$proxy", no_proxy=".example"),
    through_environment("NO_PROXY with another port", THROUGH, HTTPS_PROXY="$proxy", NO_PROXY="api.example:443"),
    through_environment("NO_PROXY with a network", THROUGH, HTTPS_PROXY="$proxy", NO_PROXY="10.0.0.0/8"),
    Case(
        name="HTTPS_PROXY is not for loopback",
        files={"config": config()},
        environ={"KUBECONFIG": "$home/config", "HTTPS_PROXY": "$proxy"},
        visit=came(),
    ),
    Case(
        name="proxy-url wins over NO_PROXY",
        files={"config": config(cluster=on_tls(**{"proxy-url": "$proxy"}))},
        environ={"KUBECONFIG": "$home/config", "NO_PROXY": "*"},
        visit=came(proxied=True),
    ),
)  # fmt: skip

TWO = {
    "one/config": config("one", cluster=at("one")),
    "two/config": config("two", user={"tokenFile": "token"}, cluster=at("two")),
}
BOTH = {"KUBECONFIG": "$home/one/config:$home/two/config"}
CONTEXTS = (
    Case(name="the first of two files has the current context", files=TWO, environ=BOTH, visit=came(path="/one/api")),
    Case(
        name="--context in the second file, with its token beside it", files=TWO, environ=BOTH,
        flags=("--context=two",), visit=came("Bearer of two", path="/two/api"),
    ),
    Case(
        name="--cluster of the other file", files=TWO, environ=BOTH,
        flags=("--cluster=two",), visit=came(path="/two/api"),
    ),
    Case(
        name="--user of the other file", files=TWO, environ=BOTH,
        flags=("--user=two",), visit=came("Bearer of two", path="/one/api"),
    ),
    Case(
        name="--kubeconfig instead of KUBECONFIG", files=TWO, environ=BOTH,
        flags=("--kubeconfig=$home/two/config",), visit=came("Bearer of two", path="/two/api"),
    ),
    Case(
        name="of two users of one name the first file's counts, whole",
        files={"a": config(user={"username": "jo"}), "b": config(user={"password": "pw", **TOKEN})},
        environ={"KUBECONFIG": "$home/a:$home/b"}, visit=came(f"Basic {b64('jo:')}"),
    ),
    Case(
        name="the first file with a current context chooses",
        files={"a": config("one", cluster=at("one"), **{"current-context": ""}), "b": config("two", cluster=at("two"))},
        environ={"KUBECONFIG": "$home/a:$home/b"}, visit=came(path="/two/api"),
    ),
    Case(
        name="a context of one file, its cluster and user of another",
        files={"a": config(clusters=[], users=[]), "b": config(**{"current-context": None, "contexts": []})},
        environ={"KUBECONFIG": "$home/a:$home/b"}, visit=came(),
    ),
    Case(
        name="missing and empty files between others", files={"config": config(), "void": ""},
        environ={"KUBECONFIG": "$home/gone::$home/void:$home/config"}, visit=came(),
    ),
    Case(
        name="the same file twice", files={"config": config()},
        environ={"KUBECONFIG": "$home/config:$home/config"}, visit=came(),
    ),
    Case(
        name="a broken file beside a good one", files={"config": config(), "broken": "clusters: ["},
        environ={"KUBECONFIG": "$home/config:$home/broken"},
    ),
    Case(name="~/.kube/config", files={".kube/config": config()}, environ={}, visit=came()),
    Case(name="a KUBECONFIG that is empty", files={".kube/config": config()}, environ={"KUBECONFIG": ""}, visit=came()),
    Case(name="a KUBECONFIG that is gone", files={".kube/config": config()}, environ={"KUBECONFIG": "$home/gone"}),
    Case(name="--kubeconfig whose file is gone", files={}, environ={}, flags=("--kubeconfig=$home/gone",)),
    Case(name="no kubeconfig at all", files={}, environ={}),
    Case(name="no current context", files={"config": config(**{"current-context": None})}),
    Case(
        name="no current context, but --cluster and --user",
        files={"config": config(**{"current-context": None})}, flags=("--cluster=prod", "--user=prod"), visit=came(),
    ),
    Case(name="a current context that is gone", files={"config": config(**{"current-context": "gone"})}),
    Case(name="--context that is gone", files={"config": config()}, flags=("--context=gone",)),
    Case(name="--cluster that is gone", files={"config": config()}, flags=("--cluster=gone",)),
    Case(name="--user that is gone", files={"config": config()}, flags=("--user=gone",)),
    Case(name="a context whose user is gone", files={"config": config(users=[])}),
    Case(name="a context whose cluster is gone", files={"config": config(clusters=[])}),
    Case(name="no YAML", files={"config": "clusters: ["}),
    Case(name="YAML with comments", files={"config": "# mine\n" + config()}, visit=came()),
    Case(name="null where lists are expected", files={"config": config(preferences=None, extensions=[])}, visit=came()),
    Case(
        name="fields that nobody knows", visit=came(),
        files={"config": config(user={**TOKEN, "colour": "blue"}, shape="round")},
    ),
    Case(
        name="two users of one name in a file",
        files={"config": config(users=[entry("user", "prod", TOKEN), entry("user", "prod", {"token": "second"})])},
    ),
    Case(
        name="a tilde is no home", files={"config": config(user={"tokenFile": "~/token"})},
    ),
)  # fmt: skip

CASES = (*USERS, *PLUGINS, *OIDC, *CLUSTERS, *PROXIES, *CONTEXTS)
