import asyncio
import json
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from bwtop.kube.errors import ConfigError
from bwtop.kube.exec_plugin import PluginCredentials, cluster_info, read_plugin
from bwtop.kube.kubeconfig import Entry
from bwtop.kube.tls import Tls
from kube.pki_files import pem

V1 = "client.authentication.k8s.io/v1"
V1BETA1 = "client.authentication.k8s.io/v1beta1"


def answer(version: str = V1, **status: str) -> str:
    return json.dumps({"apiVersion": version, "kind": "ExecCredential", "status": status})


def plugin(
    directory: Path,
    script: str,
    *,
    timeout: float = 5,
    clock: Callable[[], float] = lambda: 1_000_000.0,
    **spec: Any,
) -> PluginCredentials:
    path = directory / "plugin"
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(0o755)
    fields = {"apiVersion": V1, "command": "./plugin", "interactiveMode": "Never", **spec}
    cluster = Entry(name="prod", fields={"proxy-url": "http://p:1", "extensions": EXTENSIONS})
    told = cluster_info(cluster, server="https://api", tls=Tls(authority="PEM"))
    plugin = read_plugin(Entry(name="jo", fields={"exec": fields}, base=directory), told)
    return PluginCredentials(plugin, Tls(), timeout=timeout, clock=clock)


EXTENSIONS = [{"name": "client.authentication.k8s.io/exec", "extension": {"audience": "a"}}]


def printing(text: str) -> str:
    return f"cat <<EOF\n{text}\nEOF"


@pytest.mark.parametrize("version", [V1, V1BETA1])
async def test_a_token_is_printed_by_either_version(tmp_path: Path, version: str) -> None:
    credentials = plugin(tmp_path, printing(answer(version, token="sesame")), apiVersion=version)
    assert (await credentials.current()).authorization == "Bearer sesame"


async def test_the_plugin_sees_its_arguments_environment_and_cluster(tmp_path: Path) -> None:
    script = 'echo "$1 $PROFILE" >seen; echo "$KUBERNETES_EXEC_INFO" >info\n' + printing(answer(token="t"))
    credentials = plugin(
        tmp_path,
        f"cd {tmp_path}\n{script}",
        args=["get-token"],
        env=[{"name": "PROFILE", "value": "ops"}],
        provideClusterInfo=True,
    )
    await credentials.current()
    assert (tmp_path / "seen").read_text() == "get-token ops\n"
    assert json.loads((tmp_path / "info").read_text()) == {
        "apiVersion": V1,
        "kind": "ExecCredential",
        "spec": {
            "interactive": False,
            "cluster": {
                "server": "https://api",
                "certificate-authority-data": "UEVN",
                "proxy-url": "http://p:1",
                "config": {"audience": "a"},
            },
        },
    }


@pytest.fixture
def typed() -> Iterator[None]:
    """Our standard input has a line waiting."""
    reading, writing = os.pipe()
    os.write(writing, b"typed\n")
    saved = os.dup(0)
    os.dup2(reading, 0)
    yield
    os.dup2(saved, 0)
    for descriptor in (reading, writing, saved):
        os.close(descriptor)


@pytest.mark.usefixtures("typed")
async def test_the_plugin_has_no_terminal(tmp_path: Path) -> None:
    """stdin is at its end, and /dev/tty cannot be opened from a session of its own."""
    script = "read line && exit 3; (: </dev/tty) 2>/dev/null && exit 4\n"
    credentials = plugin(tmp_path, script + printing(answer(token="t")))
    assert (await credentials.current()).authorization == "Bearer t"


class Clock:
    now = 1_700_000_000.0

    def __call__(self) -> float:
        return self.now


async def test_a_credential_without_expiry_is_kept_until_it_is_refused(tmp_path: Path) -> None:
    count = f"echo x >>{tmp_path}/runs; n=$(grep -c x {tmp_path}/runs)\n"
    clock = Clock()
    credentials = plugin(tmp_path, count + printing(answer(token="t$n")), clock=clock)
    first = await credentials.current()
    clock.now += 100_000
    assert first == await credentials.current()
    renewed = await asyncio.gather(*[credentials.renew(first) for _ in range(5)])
    assert [credential.authorization for credential in (first, *renewed)] == ["Bearer t1"] + ["Bearer t2"] * 5


async def test_a_plugin_that_has_nothing_but_what_was_refused_is_not_asked_by_each_who_waits(tmp_path: Path) -> None:
    clock = Clock()
    credentials = plugin(tmp_path, f"echo x >>{tmp_path}/runs\n{printing(answer(token='old'))}", clock=clock)
    first = await credentials.current()
    clock.now += 60
    assert await asyncio.gather(*[credentials.renew(first) for _ in range(20)]) == [first] * 20
    assert len((tmp_path / "runs").read_text().split()) == 2
    clock.now += 60
    await credentials.renew(first)
    assert len((tmp_path / "runs").read_text().split()) == 3


@pytest.mark.parametrize(
    ("left", "waited", "runs"),
    [(600, 539, 1), (600, 541, 2), (100, 49, 1), (100, 51, 2), (30, 14, 1), (30, 16, 2), (-10, 0, 2)],
)
async def test_a_credential_is_renewed_a_minute_before_it_runs_out_or_at_half_time(
    tmp_path: Path, left: float, waited: float, runs: int
) -> None:
    clock = Clock()
    clock.now -= left
    printed = answer(token="t", expirationTimestamp="2023-11-14T22:13:20Z")
    credentials = plugin(tmp_path, f"echo x >>{tmp_path}/runs\n{printing(printed)}", clock=clock)
    await credentials.current()
    clock.now += waited
    await credentials.current()
    assert len((tmp_path / "runs").read_text().split()) == runs


async def test_a_certificate_comes_with_a_context_of_its_own(tmp_path: Path) -> None:
    printed = answer(clientCertificateData=pem("client.pem"), clientKeyData=pem("client.key"))
    credential = await plugin(tmp_path, printing(printed)).current()
    assert credential.authorization == ""
    assert credential.ssl is not None


@pytest.mark.parametrize(
    ("script", "message"),
    [
        ("echo 'the SSO session has expired' >&2; exit 255", "exited 255: the SSO session has expired"),
        ("exit 1", "exited 1: without a word"),
        ("echo s3cret", "printed no ExecCredential"),
        (printing(answer(V1BETA1, token="s3cret")), f"answered with {V1BETA1}, not {V1}"),
        (printing(answer()), "gave neither a token nor a certificate"),
        (printing(answer(clientCertificateData="s3cret")), "gave a certificate without its key"),
        (printing(answer(token="s3cret\ntwo lines")), "the token of user jo has a line break"),
    ],
)
async def test_a_plugin_that_fails_says_why_and_gives_nothing_away(tmp_path: Path, script: str, message: str) -> None:
    with pytest.raises(ConfigError, match=message) as failed:
        await plugin(tmp_path, script).current()
    assert "s3cret" not in str(failed.value)


async def test_400_kb_on_stderr_are_no_obstacle(tmp_path: Path) -> None:
    flood = "head -c 400000 /dev/zero | tr '\\0' x >&2\n"
    credentials = plugin(tmp_path, flood + printing(answer(token="t")))
    assert (await credentials.current()).authorization == "Bearer t"


async def test_a_missing_plugin_comes_with_its_install_hint(tmp_path: Path) -> None:
    credentials = plugin(tmp_path, "", command="no-such-plugin", installHint="brew install it")
    with pytest.raises(ConfigError, match=r"no-such-plugin cannot be run: No such file.*: brew install it"):
        await credentials.current()


async def test_a_hanging_plugin_is_ended_with_all_that_it_started(tmp_path: Path) -> None:
    """The grandchild holds a pipe open, which comes to its end when the grandchild does."""
    os.mkfifo(tmp_path / "held")
    held = asyncio.create_task(asyncio.to_thread((tmp_path / "held").read_text))
    credentials = plugin(tmp_path, f"sleep 20 >{tmp_path}/held & wait", timeout=0.3)
    async with asyncio.timeout(20):
        with pytest.raises(ConfigError, match=r"gave no answer in 0\.3 s: does it want a login"):
            await credentials.current()
        assert await held == ""


async def test_a_failure_is_not_tried_again_by_each_who_waits(tmp_path: Path) -> None:
    credentials = plugin(tmp_path, f"echo x >>{tmp_path}/runs; exit 1")
    results = await asyncio.gather(*[credentials.current() for _ in range(20)], return_exceptions=True)
    assert all(isinstance(result, ConfigError) for result in results)
    assert (tmp_path / "runs").read_text() == "x\n"


@pytest.mark.parametrize(
    ("spec", "message"),
    [
        ({"apiVersion": "client.authentication.k8s.io/v1alpha1"}, "apiVersion client.authentication.k8s.io/v1alpha1"),
        ({"command": ""}, "no command"),
        ({"interactiveMode": "Always"}, "insists on a terminal"),
        ({"interactiveMode": "Sometimes"}, "interactiveMode Sometimes"),
        ({"interactiveMode": None}, "interactiveMode missing"),
    ],
)
def test_a_plugin_that_cannot_be_run_is_an_error_at_once(tmp_path: Path, spec: dict[str, Any], message: str) -> None:
    with pytest.raises(ConfigError, match=message):
        plugin(tmp_path, "", **spec)
