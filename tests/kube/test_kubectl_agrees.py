"""kubectl and bwtop come to the same server as the same user, or both refuse: one table of kubeconfigs for both."""

import asyncio
import base64
import json
import os
import shutil
from asyncio.subprocess import DEVNULL, PIPE
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path
from string import Template

import aiohttp
import click
import pytest
import pytest_asyncio
import yaml

from bwtop.cli.flags import read_target, target_flags
from bwtop.kube.api import Api
from bwtop.kube.config import ConfigRequest, connect
from bwtop.kube.errors import KubeError
from kube.identity_provider import RENEWED
from kube.kubeconfigs import CASES, Case
from kube.pki_files import pem
from kube.recorder import Recorder, Visit, recording

BESIDE = {
    "token": "sesame\n",
    "other": "other\n",
    "empty": "",
    "two/token": "of two",
    "authority.pem": pem("authority.pem"),
    "bin/plugin-on-path": "#!/bin/sh\n"
    'echo \'{"apiVersion":"client.authentication.k8s.io/v1","kind":"ExecCredential","status":{"token":"path"}}\'\n',
}
"""Files that every case finds in its home."""
cases = pytest.mark.parametrize("case", CASES, ids=[case.name for case in CASES])


# One set of servers for all cases: to start it takes longer than a case.
on_one_loop = pytest.mark.asyncio(loop_scope="module")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def servers() -> AsyncIterator[Recorder]:
    async with recording() as started:
        yield started


@pytest.fixture
def recorder(servers: Recorder) -> Recorder:
    """The servers as they were when they were started."""
    servers.forget()
    servers.provider.start_over()
    return servers


class Home:
    """A case written out: files, environment and flags."""

    def __init__(self, case: Case, recorder: Recorder, folder: Path) -> None:
        ports = recorder.ports
        self._words = {
            "home": str(folder),
            "tls": f"https://127.0.0.1:{ports['tls']}",
            "named": f"https://127.0.0.1:{ports['named']}",
            "plain": f"http://127.0.0.1:{ports['plain']}",
            "port": str(ports["tls"]),
            "issuer": recorder.provider.issuer,
            "proxy": recorder.proxy.url,
            "proxyport": str(recorder.proxy.port),
        }
        for name, text in {**BESIDE, **case.files}.items():
            path = folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text if name in BESIDE else self._filled(text))
            path.chmod(0o755 if text.startswith("#!") else 0o600)
        path = f"{folder}/bin:{os.environ['PATH']}"
        given = {name: self._filled(value) for name, value in case.environ.items()}
        self.environ = {"PATH": path, "HOME": str(folder), **given}
        self.flags = [self._filled(flag) for flag in case.flags]
        self.folder = folder

    def _filled(self, text: str) -> str:
        return Template(text).substitute(self._words)


@pytest.fixture
def home(case: Case, recorder: Recorder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Home:
    """The environment of this process is the case's: plugins inherit it."""
    found = Home(case, recorder, tmp_path)
    for name in os.environ:
        if name.lower().endswith("_proxy") or name.startswith("KUBE"):
            monkeypatch.delenv(name)
    for name, value in found.environ.items():
        monkeypatch.setenv(name, value)
    return found


async def kubectl(home: Home) -> str:
    """Asks for the API versions; what kubectl says where it fails."""
    process = await asyncio.create_subprocess_exec(
        "kubectl", "api-versions", "--request-timeout=30s", *home.flags, stdin=DEVNULL, stdout=PIPE, stderr=PIPE,
        env=home.environ, cwd=home.folder,
    )  # fmt: skip
    async with asyncio.timeout(120):
        _, err = await process.communicate()
    return err.decode()


def request(flags: list[str]) -> ConfigRequest:
    """As bwtop's command line reads them."""

    @click.command()
    @target_flags
    def command(**given: object) -> ConfigRequest:
        return read_target(given).request

    made: ConfigRequest = command.main(flags, standalone_mode=False)
    return made


async def bwtop(home: Home) -> str:
    """Asks for the API versions, then opens a WebSocket as exec does; what bwtop says where it fails."""
    try:
        connection = await connect(request(home.flags), environ=home.environ, service_account=home.folder / "none")
    except KubeError as error:
        return str(error)
    api = Api(connection, request_timeout=30)
    try:
        await api.get("/api")
        await api.websocket("/exec", (), protocols=("v5.channel.k8s.io",))
    except aiohttp.WSServerHandshakeError:
        return ""
    except KubeError as error:
        return str(error)
    finally:
        await api.close()
    return ""


@cases
@on_one_loop
async def test_bwtop_arrives_as_it_should_over_http_and_over_websocket(
    case: Case, recorder: Recorder, home: Home
) -> None:
    said = await bwtop(home)
    visits = recorder.forget()
    if case.visit is None:
        assert visits == []
        assert said
        assert not said.startswith("the request to"), "a cause and a next step, no exception's text"
    else:
        expected = case.visit
        assert visits == [expected, replace(expected, path=expected.path.removesuffix("/api") + "/exec")], said


@pytest.mark.skipif(shutil.which("kubectl") is None, reason="kubectl is not installed")
@cases
@on_one_loop
async def test_kubectl_arrives_so_too(case: Case, recorder: Recorder, home: Home) -> None:
    said = await kubectl(home)
    # Google's kubectl asks for /version first, even without credentials, to choose a kubectl of that version.
    visits = [visit for visit in recorder.forget() if visit.path.endswith("/api")]
    assert set(visits) == ({case.visit} if case.visit else set()), said


@pytest.mark.skipif(shutil.which("kubectl") is None, reason="kubectl is not installed")
@pytest.mark.parametrize(
    "case", [case for case in CASES if "told its cluster" in case.name], ids=lambda case: case.name
)
@on_one_loop
async def test_a_plugin_is_told_the_same_by_both(home: Home) -> None:
    told = []
    for run in (kubectl, bwtop):
        assert not await run(home)
        told.append(json.loads(base64.urlsafe_b64decode((home.folder / "info").read_text())))
    assert told[0] == told[1]


@pytest.mark.skipif(shutil.which("kubectl") is None, reason="kubectl is not installed")
@pytest.mark.parametrize(
    "case", [case for case in CASES if case.name == "an OIDC token that has run out"], ids=lambda case: case.name
)
@on_one_loop
async def test_a_renewed_token_is_kept_alike_by_both(home: Home, recorder: Recorder) -> None:
    config = home.folder / "config"
    before, kept = config.read_text(), []
    for run in (kubectl, bwtop):
        config.write_text(before)
        recorder.provider.start_over()
        assert not await run(home)
        kept.append([user["user"] for user in yaml.safe_load(config.read_text())["users"]])
    assert kept[0] == kept[1]
    assert RENEWED in str(kept[1])


def test_the_table_has_the_thirty_rows_that_were_asked_for() -> None:
    assert len({case.name for case in CASES}) == len(CASES) >= 30
    assert sum(case.visit is not None for case in CASES) >= 30
    assert all(isinstance(case.visit, Visit | None) for case in CASES)
