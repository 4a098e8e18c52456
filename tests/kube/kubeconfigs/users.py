"""Who they say that you are: tokens, certificates, passwords, plugins, OIDC."""

from kube.identity_provider import EXPIRED as RUN_OUT
from kube.identity_provider import LASTING, RENEWED
from kube.kubeconfigs.case import (
    CERTIFICATE,
    CERTIFICATE_FILES,
    TOKEN,
    V1BETA1,
    Case,
    Fields,
    b64,
    came,
    impersonated,
    on_tls,
    simple,
    with_plugin,
)
from kube.pki_files import PKI, pem
from kube.recorder import Visit

INFO = (
    'python3 -c \'import base64, json, os; told = json.loads(os.environ["KUBERNETES_EXEC_INFO"]);'
    " text = json.dumps(told, sort_keys=True).encode();"
    " print(base64.urlsafe_b64encode(text).decode())' >$home/info"
)


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
