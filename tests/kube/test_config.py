import base64
import ssl
from pathlib import Path
from typing import Any

import pytest
import yaml

from bwtop.kube.config import ConfigRequest, Connection, connect
from bwtop.kube.errors import ConfigError
from kube.pki_files import PKI, pem

NOWHERE = Path("/nonexistent")


def b64(text: str) -> str:
    return base64.b64encode(text.encode()).decode()


def kubeconfig(
    path: Path, *, user: dict[str, Any] | None = None, name: str = "prod", namespace: str = "", **cluster: Any
) -> Path:
    """One context, cluster and user of one name."""
    context = {"cluster": name, "user": name} | ({"namespace": namespace} if namespace else {})
    content = {
        "current-context": name,
        "contexts": [{"name": name, "context": context}],
        "clusters": [{"name": name, "cluster": {"server": f"https://{name}.example:6443", **cluster}}],
        "users": [{"name": name, "user": {"token": "t"} if user is None else user}],
    }
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(yaml.safe_dump(content))
    return path


async def read(path: Path | str, environ: dict[str, str] | None = None, **request: Any) -> Connection:
    environ = {"KUBECONFIG": str(path), **(environ or {})}
    return await connect(ConfigRequest(**request), environ=environ, service_account=NOWHERE)


async def authorization(connection: Connection) -> str:
    return (await connection.credentials.current()).authorization


async def test_a_token_and_what_is_around_it(tmp_path: Path) -> None:
    found = await read(kubeconfig(tmp_path / "config", user={"token": "sesame\n"}, namespace="shop"))
    assert (found.server, found.context, found.namespace) == ("https://prod.example:6443", "prod", "shop")
    assert await authorization(found) == "Bearer sesame"
    assert "sesame" not in repr(found)
    assert found.ssl is not None
    assert found.ssl.verify_mode is ssl.CERT_REQUIRED
    assert found.kubectl("get nodes") == "kubectl --context prod get nodes"


async def test_the_namespace_is_default_where_none_is_named(tmp_path: Path) -> None:
    assert (await read(kubeconfig(tmp_path / "config"))).namespace == "default"


@pytest.mark.parametrize(
    ("user", "expected"),
    [
        ({"username": "jo", "password": "pw"}, f"Basic {b64('jo:pw')}"),
        ({"token": "t", "exec": {"apiVersion": "client.authentication.k8s.io/v1", "command": "false"}}, "Bearer t"),
    ],
)
async def test_the_first_of_several_credentials_counts(tmp_path: Path, user: dict[str, Any], expected: str) -> None:
    assert await authorization(await read(kubeconfig(tmp_path / "config", user=user))) == expected


async def test_a_token_file_is_read_beside_its_kubeconfig_and_again_when_refused(tmp_path: Path) -> None:
    found = await read(kubeconfig(tmp_path / "config", user={"tokenFile": "secret/token"}))
    (tmp_path / "secret").mkdir()
    with pytest.raises(ConfigError, match="cannot read the token file"):
        await found.credentials.current()
    (tmp_path / "secret/token").write_text("one\n")
    first = await found.credentials.current()
    (tmp_path / "secret/token").write_text("two\n")
    assert first.authorization == "Bearer one"
    assert (await found.credentials.current()).authorization == "Bearer one"
    assert (await found.credentials.renew(first)).authorization == "Bearer two"


async def test_certificates_are_data_or_files(tmp_path: Path) -> None:
    as_data = kubeconfig(
        tmp_path / "data",
        user={"client-certificate-data": b64(pem("client.pem")), "client-key-data": b64(pem("client.key"))},
        **{"certificate-authority-data": b64(pem("authority.pem"))},
    )
    as_files = kubeconfig(
        tmp_path / "files",
        user={"client-certificate": str(PKI / "client.pem"), "client-key": str(PKI / "client.key")},
        **{"certificate-authority": str(PKI / "authority.pem")},
    )
    for path in (as_data, as_files):
        context = (await read(path)).ssl
        assert context is not None
        assert [dict(pair[0] for pair in ca["subject"])["commonName"] for ca in context.get_ca_certs()] == ["authority"]


async def test_insecure_is_a_flag_or_a_field(tmp_path: Path) -> None:
    by_field = await read(kubeconfig(tmp_path / "a", **{"insecure-skip-tls-verify": True}))
    by_flag = await read(kubeconfig(tmp_path / "b", **{"certificate-authority": "missing.pem"}), insecure=True)
    for found in (by_field, by_flag):
        assert found.ssl is not None
        assert found.ssl.verify_mode is ssl.CERT_NONE


async def test_several_files_are_merged_and_the_first_wins(tmp_path: Path) -> None:
    first = kubeconfig(tmp_path / "one/config", name="one", user={"token": "1"})
    second = kubeconfig(tmp_path / "two/config", name="two", user={"tokenFile": "token"})
    shadowed = kubeconfig(tmp_path / "three", name="one", user={"token": "3"})
    (tmp_path / "two/token").write_text("2")
    (tmp_path / "empty").touch()
    paths = ":".join(map(str, [tmp_path / "missing", tmp_path / "empty", first, second, shadowed]))
    assert await authorization(await read(paths)) == "Bearer 1"
    other = await read(paths, context="two")
    assert (other.server, await authorization(other)) == ("https://two.example:6443", "Bearer 2")


async def test_certificates_are_found_beside_the_file_that_names_them(tmp_path: Path) -> None:
    path = kubeconfig(tmp_path / "deep/config", **{"certificate-authority": "../authority.pem"})
    (tmp_path / "authority.pem").write_text(pem("authority.pem"))
    assert (await read(path)).ssl is not None


async def test_flags_replace_what_the_context_says(tmp_path: Path) -> None:
    paths = ":".join(
        str(kubeconfig(tmp_path / name, name=name, user={"token": name}, **{"tls-server-name": f"in.{name}"}))
        for name in ("one", "two")
    )
    assert (await read(paths, cluster="two")).server == "https://two.example:6443"
    assert await authorization(await read(paths, user="two")) == "Bearer two"
    assert await authorization(await read(paths, token="flag")) == "Bearer flag"
    assert (await read(paths)).server_hostname == "in.one"
    assert (await read(paths, tls_server_name="mine")).server_hostname == "mine"
    elsewhere = await read(paths, server="https://else:1/prefix/")
    assert (elsewhere.server, elsewhere.server_hostname) == ("https://else:1/prefix", None)


async def test_plain_http_has_no_tls_and_carries_no_credentials(tmp_path: Path) -> None:
    """As kubectl: a server without a scheme is a plain one, and a token on plain HTTP is anybody's."""
    for server in ("http://localhost:8080", "localhost:8080"):
        found = await read(kubeconfig(tmp_path / "a", user={"token": "s3cret"}, server=server))
        assert (found.server, found.ssl, await authorization(found)) == ("http://localhost:8080", None, "")


async def test_a_server_alone_is_enough(tmp_path: Path) -> None:
    found = await read(tmp_path / "missing", server="https://localhost:8001", token="t")
    assert (found.server, await authorization(found)) == ("https://localhost:8001", "Bearer t")


async def test_impersonation_comes_from_flags_and_fields(tmp_path: Path) -> None:
    path = kubeconfig(
        tmp_path / "config",
        user={"token": "t", "as": "jo", "as-uid": "7", "as-groups": ["a", "b"], "as-user-extra": {"scope/x": ["dev"]}},
    )
    assert (await read(path)).impersonation == (
        ("Impersonate-User", "jo"),
        ("Impersonate-Uid", "7"),
        ("Impersonate-Group", "a"),
        ("Impersonate-Group", "b"),
        ("Impersonate-Extra-scope%2Fx", "dev"),
    )
    flagged = await read(kubeconfig(tmp_path / "plain"), as_user="eva", as_groups=("ops",))
    assert flagged.impersonation == (("Impersonate-User", "eva"), ("Impersonate-Group", "ops"))
    assert flagged.kubectl("get nodes") == "kubectl --context prod --as eva --as-group ops get nodes"
    with pytest.raises(ConfigError, match="without a user: add --as USER"):
        await read(tmp_path / "plain", as_groups=("ops",))


async def test_a_proxy_is_the_clusters_or_the_environments(tmp_path: Path) -> None:
    environ = {"HTTPS_PROXY": "http://env:3128"}
    assert (await read(kubeconfig(tmp_path / "a"), environ)).proxy == "http://env:3128"
    assert (await read(kubeconfig(tmp_path / "b", **{"proxy-url": "http://own:1"}), environ)).proxy == "http://own:1"


async def test_in_a_pod_the_service_account_is_used(tmp_path: Path) -> None:
    (tmp_path / "token").write_text("pod-token")
    (tmp_path / "ca.crt").write_text(pem("authority.pem"))
    (tmp_path / "namespace").write_text("tools")
    environ = {"KUBERNETES_SERVICE_HOST": "fd00::1", "KUBERNETES_SERVICE_PORT": "443", "KUBECONFIG": "/nonexistent"}
    found = await connect(ConfigRequest(), environ=environ, service_account=tmp_path)
    assert (found.server, found.namespace) == ("https://[fd00::1]:443", "tools")
    assert await authorization(found) == "Bearer pod-token"
    assert found.kubectl("get nodes") == "kubectl get nodes"
    other = await connect(
        ConfigRequest(token="t"), environ=environ | {"POD_NAMESPACE": "mine"}, service_account=tmp_path
    )
    assert (await authorization(other), other.namespace) == ("Bearer t", "mine"), "what is said wins over the files"
    (tmp_path / "token").write_text("rotated")
    old = await found.credentials.current()
    assert (await found.credentials.renew(old)).authorization == "Bearer rotated"


@pytest.mark.parametrize(
    ("files", "reason"),
    [
        ({"ca.crt": pem("authority.pem")}, "Service token file does not exist"),
        ({"ca.crt": pem("authority.pem"), "token": ""}, "Token file exists but empty"),
        ({"token": "s3cret"}, "Service certification file does not exist"),
        ({"token": "s3cret", "ca.crt": ""}, "Cert file exists but empty"),
        ({"token": "s3cret", "ca.crt": "no PEM"}, "certificate-authority holds no certificate"),
    ],
)
async def test_a_service_account_that_lacks_something_is_told(
    tmp_path: Path, files: dict[str, str], reason: str
) -> None:
    for name, text in files.items():
        (tmp_path / name).write_text(text)
    environ = {"KUBERNETES_SERVICE_HOST": "10.0.0.1", "KUBERNETES_SERVICE_PORT": "443", "HOME": "/nonexistent"}
    with pytest.raises(ConfigError, match=reason) as failed:
        await connect(ConfigRequest(), environ=environ, service_account=tmp_path)
    assert "s3cret" not in str(failed.value)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("", "no kubeconfig is found, and this is no pod of a cluster"),
        ("clusters: ]", "not YAML: .*config, line 1"),
        ("just text s3cret", "not a kubeconfig: .*config"),
        ("[s3cret]", "not a kubeconfig"),
        ("users: [{user: {token: s3cret}}]", "not a kubeconfig"),
        ("users: {token: s3cret}", "not a kubeconfig"),
        ("contexts: []", "no current context"),
        ("{contexts: [{name: a}, {name: b}]}", "no current context in .*: choose one with --context: a, b"),
        ("{current-context: c, contexts: [{name: a}]}", "no context c in .*: there are: a"),
        ("{current-context: a, contexts: [{name: a, context: {cluster: x}}]}", "no cluster x in"),
    ],
)
async def test_a_broken_kubeconfig_is_named_without_its_secrets(tmp_path: Path, content: str, message: str) -> None:
    (tmp_path / "config").write_text(content)
    with pytest.raises(ConfigError, match=message) as broken:
        await read(tmp_path / "config")
    assert "s3cret" not in str(broken.value)


@pytest.mark.parametrize(
    ("user", "cluster", "message"),
    [
        (
            {"client-certificate": "gone.pem", "client-key": "x"},
            {},
            "cannot read client-certificate of prod: .*gone.pem: No such file",
        ),
        ({"client-key-data": "%%%"}, {}, "client-key of prod is not PEM in base64"),
        ({}, {"certificate-authority-data": b64("no PEM")}, "certificate-authority holds no certificate"),
        ({}, {"server": "ftp://x"}, "the server ftp://x is no URL"),
        ({}, {"server": ""}, "the server is missing is no URL"),
        ({"token": "two\nlines"}, {}, "the token of user prod has a line break"),
        ({"as": "a\r\nb"}, {}, "control characters"),
        ({"auth-provider": {"name": "gcp"}}, {}, "auth-provider gcp of user prod is gone.*gke-gcloud-auth-plugin"),
        (
            {"client-certificate": str(PKI / "client.pem"), "client-key": str(PKI / "server.key")},
            {},
            "the client certificate and its key cannot be used: do they belong together",
        ),
        (
            {"client-certificate": str(PKI / "client.pem"), "client-key": str(PKI / "encrypted.key")},
            {},
            "the client key is encrypted",
        ),
    ],
)
async def test_what_is_no_good_in_a_kubeconfig_is_named(
    tmp_path: Path, user: dict[str, Any], cluster: dict[str, Any], message: str
) -> None:
    with pytest.raises(ConfigError, match=message):
        await read(kubeconfig(tmp_path / "config", user=user, **cluster))


async def test_a_kubeconfig_that_is_named_must_exist(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"there is no kubeconfig .*/missing"):
        await read("", kubeconfig=str(tmp_path / "missing"))
    path = kubeconfig(tmp_path / "named")
    assert (await read("", kubeconfig=str(path))).kubectl("x") == f"kubectl --kubeconfig {path} --context prod x"


async def test_two_entries_of_one_name_in_a_file_are_refused_as_by_kubectl(tmp_path: Path) -> None:
    path = kubeconfig(tmp_path / "config", user={"token": "1"})
    content = yaml.safe_load(path.read_text())
    content["users"].append({"name": "prod", "user": {"token": "2"}})
    path.write_text(yaml.safe_dump(content))
    with pytest.raises(ConfigError, match="config has two users of the name prod: rename or remove one"):
        await read(path)


async def test_the_first_of_several_files_that_sets_a_context_chooses(tmp_path: Path) -> None:
    (tmp_path / "silent").write_text("{kind: Config, contexts: [], clusters: [], users: []}")
    paths = [tmp_path / "silent", kubeconfig(tmp_path / "a", name="one"), kubeconfig(tmp_path / "b", name="two")]
    assert (await read(":".join(map(str, paths)))).context == "one"


@pytest.mark.parametrize("content", ["clusters: [", "users: [{user: {token: s3cret}}]", "[s3cret]"])
async def test_a_broken_file_among_several_is_named_without_its_secrets(tmp_path: Path, content: str) -> None:
    (tmp_path / "broken").write_text(content)
    with pytest.raises(ConfigError, match=r"not (YAML|a kubeconfig): .*broken") as broken:
        await read(f"{kubeconfig(tmp_path / 'good')}:{tmp_path / 'broken'}")
    assert "s3cret" not in str(broken.value)
