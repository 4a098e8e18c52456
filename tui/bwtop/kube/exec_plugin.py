"""Credential plugins (`users[].user.exec`, client.authentication.k8s.io v1 and v1beta1), without a terminal."""

import asyncio
import base64
import contextlib
import json
import os
import signal
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final

import msgspec

from bwtop.kube.credentials import Credential, bearer
from bwtop.kube.errors import ConfigError
from bwtop.kube.kubeconfig import Entry
from bwtop.kube.tls import Tls, ssl_context

TIMEOUT_SECONDS: Final = 60.0
_SKEW_SECONDS: Final = 60.0
"""So long before it runs out a credential is renewed; at half time, where less than twice that was left."""
_FAILURE_SECONDS: Final = 5.0
"""A failure is believed for so long, and that there is no other credential than the refused one: fifty waiting
requests do not start fifty logins."""
_END_SECONDS: Final = 1.0
_VERSIONS: Final = ("client.authentication.k8s.io/v1", "client.authentication.k8s.io/v1beta1")
_EXTENSION: Final = "client.authentication.k8s.io/exec"


class Issued(msgspec.Struct, frozen=True, rename="camel"):
    token: str = ""
    client_certificate_data: str = ""
    client_key_data: str = ""
    expiration_timestamp: datetime | None = None


class ExecCredential(msgspec.Struct, frozen=True, rename="camel"):
    api_version: str
    kind: str = ""
    status: Issued | None = None


@dataclass(frozen=True, kw_only=True)
class Plugin:
    """What to run, as the kubeconfig says it."""

    user: str
    command: str
    arguments: tuple[str, ...]
    environment: Mapping[str, str]
    """In addition to ours; with KUBERNETES_EXEC_INFO."""
    version: str
    install_hint: str


def read_plugin(user: Entry, cluster: Mapping[str, Any]) -> Plugin:
    """`cluster` is what a plugin with provideClusterInfo is told. Raises ConfigError."""
    spec: Mapping[str, Any] = user.fields["exec"]
    version, command = str(spec.get("apiVersion") or ""), str(spec.get("command") or "")
    target = f"exec of user {user.name}"
    if version not in _VERSIONS:
        raise ConfigError(f"{target}: apiVersion {version or 'missing'}", target=target, hint=f"use {_VERSIONS[0]}")
    if not command:
        raise ConfigError(f"{target}: no command", target=target)
    _check_interactive_mode(str(spec.get("interactiveMode") or ""), command, version=version, target=target)
    about: dict[str, Any] = {"interactive": False}
    if spec.get("provideClusterInfo"):
        about["cluster"] = cluster
    info = {"apiVersion": version, "kind": "ExecCredential", "spec": about}
    own = {str(item["name"]): str(item["value"]) for item in spec.get("env") or ()}
    return Plugin(
        user=user.name,
        command=str(user.base / command) if "/" in command else command,
        arguments=tuple(str(argument) for argument in spec.get("args") or ()),
        environment={**own, "KUBERNETES_EXEC_INFO": json.dumps(info)},
        version=version,
        install_hint=str(spec.get("installHint") or ""),
    )


def _check_interactive_mode(mode: str, command: str, *, version: str, target: str) -> None:
    """v1 wants it said, v1beta1 takes IfAvailable for granted."""
    if mode == "Always":
        hint = "log in with it in a shell, and set interactiveMode: IfAvailable"
        raise ConfigError(f"the credential plugin {command} insists on a terminal", target=target, hint=hint)
    if mode not in ("Never", "IfAvailable") and (mode or version == _VERSIONS[0]):
        hint = "use Never, or IfAvailable where it may ask on a terminal"
        raise ConfigError(f"{target}: interactiveMode {mode or 'missing'}", target=target, hint=hint)


def cluster_info(cluster: Entry, *, server: str, tls: Tls) -> dict[str, Any]:
    """The field `spec.cluster` of KUBERNETES_EXEC_INFO."""
    found: dict[str, Any] = {"server": server}
    if tls.authority:
        found["certificate-authority-data"] = base64.b64encode(tls.authority.encode()).decode()
    if tls.insecure:
        found["insecure-skip-tls-verify"] = True
    found |= {key: cluster.text(key) for key in ("tls-server-name", "proxy-url") if cluster.text(key)}
    for extension in cluster.fields.get("extensions") or ():
        if extension.get("name") == _EXTENSION:
            found["config"] = extension.get("extension")
    return found


class PluginCredentials:
    """Runs the plugin when there is no credential, when it runs out and when it is refused; once at a time."""

    def __init__(
        self,
        plugin: Plugin,
        tls: Tls,
        *,
        timeout: float = TIMEOUT_SECONDS,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._plugin, self._tls, self._timeout, self._clock = plugin, tls, timeout, clock
        self._lock = asyncio.Lock()
        self._credential: Credential | None = None
        self._renew_at = float("inf")
        self._ran_at = float("-inf")
        self._failure: ConfigError | None = None
        self._failed_at = 0.0

    async def current(self) -> Credential:
        return self._valid() or await self._another(None)

    async def renew(self, refused: Credential) -> Credential:
        return await self._another(refused)

    def _valid(self) -> Credential | None:
        return self._credential if self._clock() < self._renew_at else None

    async def _another(self, refused: Credential | None) -> Credential:
        async with self._lock:
            valid = self._valid()
            if valid is not None and (valid != refused or self._clock() - self._ran_at < _FAILURE_SECONDS):
                return valid
            if self._failure is not None and self._clock() - self._failed_at < _FAILURE_SECONDS:
                raise self._failure
            try:
                issued = await run_plugin(self._plugin, timeout=self._timeout)
                self._credential = await asyncio.to_thread(self._usable, issued)
            except ConfigError as error:
                self._failure, self._failed_at = error, self._clock()
                raise
            self._failure, self._ran_at = None, self._clock()
            self._renew_at = self._half_time(issued.expiration_timestamp)
            return self._credential

    def _half_time(self, expires: datetime | None) -> float:
        """When the credential is to be renewed."""
        if expires is None:
            return float("inf")
        left = expires.timestamp() - self._clock()
        return self._clock() + max(left - _SKEW_SECONDS, left / 2)

    def _usable(self, issued: Issued) -> Credential:
        authorization = bearer(issued.token, f"user {self._plugin.user}") if issued.token else ""
        if not issued.client_certificate_data:
            return Credential(authorization=authorization)
        tls = replace(self._tls, certificate=issued.client_certificate_data, key=issued.client_key_data)
        return Credential(authorization=authorization, certificate=tls.certificate, ssl=ssl_context(tls))


async def run_plugin(plugin: Plugin, *, timeout: float) -> Issued:
    """Raises ConfigError with the plugin's stderr; never shows its stdout, which may hold a token."""
    try:
        process = await asyncio.create_subprocess_exec(
            plugin.command,
            *plugin.arguments,
            env={**os.environ, **plugin.environment},
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
            start_new_session=True,
        )
    except OSError as error:
        raise _failed(plugin, f"cannot be run: {error.strerror}", hint=plugin.install_hint) from error
    try:
        async with asyncio.timeout(timeout):
            stdout, stderr = await process.communicate()
    except TimeoutError:
        raise _failed(
            plugin, f"gave no answer in {timeout:g} s", hint="does it want a login? do that in a shell"
        ) from None
    finally:
        await _end(process)
    if process.returncode:
        said = stderr.decode(errors="replace").strip()[-400:]
        raise _failed(plugin, f"exited {process.returncode}: {said or 'without a word'}", hint="run it in a shell")
    return _read(plugin, stdout)


def _read(plugin: Plugin, stdout: bytes) -> Issued:
    try:
        answer = msgspec.json.decode(stdout, type=ExecCredential)
    except msgspec.DecodeError:
        raise _failed(plugin, "printed no ExecCredential") from None
    if answer.api_version != plugin.version:
        raise _failed(plugin, f"answered with {answer.api_version}, not {plugin.version}")
    issued = answer.status
    if issued is None or not (issued.token or issued.client_certificate_data):
        raise _failed(plugin, "gave neither a token nor a certificate")
    if bool(issued.client_certificate_data) != bool(issued.client_key_data):
        raise _failed(plugin, "gave a certificate without its key, or a key without its certificate")
    return issued


async def _end(process: asyncio.subprocess.Process) -> None:
    """With all that it has started."""
    if process.returncode is None:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        with contextlib.suppress(TimeoutError):  # a daemon of it, in a session of its own, may hold the pipes open
            async with asyncio.timeout(_END_SECONDS):
                await process.wait()


def _failed(plugin: Plugin, what: str, hint: str = "") -> ConfigError:
    return ConfigError(f"the credential plugin {plugin.command} {what}", target=f"user {plugin.user}", hint=hint)
