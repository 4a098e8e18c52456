"""Writes renewed tokens back to the kubeconfig that they came from, and leaves every other byte as it is."""

import contextlib
import json
import os
import stat
import tempfile
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Final

import yaml

from bwtop.kube.errors import ConfigError
from bwtop.model.yaml_values import SAFE_LOADER

_LOCK_SECONDS: Final = 2.0
"""How long kubectl, or another bwtop, may hold the file."""


def write_provider_settings(file: Path, *, user: str, settings: Mapping[str, str]) -> None:
    """Sets keys in `auth-provider.config` of the user. Blocks; raises ConfigError, without what stands in the file."""
    try:
        with _locked(file):
            before = file.read_bytes().decode()
            after = before
            for key, value in settings.items():
                after = _with_setting(after, user=user, key=key, value=value)
            _check(before, after, user=user, settings=settings)
            _replace(file, after.encode())
    except OSError as error:
        reason = f"{error.strerror}: {error.filename}" if error.filename else str(error.strerror)
        raise _unwritten(file, user, reason) from None
    except (yaml.YAMLError, UnicodeDecodeError, LookupError, TypeError, AttributeError):
        raise _unwritten(file, user, "it is not as it was when it was read") from None


def _unwritten(file: Path, user: str, reason: str) -> ConfigError:
    return ConfigError(f"the new ID token of user {user} cannot be written to {file}: {reason}", target=str(file))


def _with_setting(text: str, *, user: str, key: str, value: str) -> str:
    """A string of JSON is one of YAML, in every place where a value can stand."""
    config = _provider_config(yaml.compose(text, Loader=SAFE_LOADER), user)
    for name, old in config.value:
        if name.value == key:
            return f"{text[: old.start_mark.index]}{json.dumps(value)}{text[old.end_mark.index :]}"
    first = config.value[0][0].start_mark
    separator = ", " if config.flow_style else "\n" + " " * first.column
    return f"{text[: first.index]}{key}: {json.dumps(value)}{separator}{text[first.index :]}"


def _provider_config(root: yaml.Node | None, user: str) -> yaml.MappingNode:
    for entry in _under(root, "users").value:
        if str(_under(entry, "name").value) == user:
            found = _under(_under(_under(entry, "user"), "auth-provider"), "config")
            if isinstance(found, yaml.MappingNode):
                return found
    raise LookupError(user)


def _under(node: yaml.Node | None, key: str) -> yaml.Node:
    """Raises LookupError, also where the node is no mapping."""
    children = node.value if isinstance(node, yaml.MappingNode) else []
    found: dict[str, yaml.Node] = {name.value: value for name, value in children}
    return found[key]


def _check(before: str, after: str, *, user: str, settings: Mapping[str, str]) -> None:
    """That nothing else changes, as it would where a value is shared by `&` and `*`."""
    wanted = yaml.load(before, SAFE_LOADER)
    for entry in wanted["users"]:
        if str(entry["name"]) == user:
            provider = entry["user"]["auth-provider"]
            entry["user"] = {
                **entry["user"],
                "auth-provider": {**provider, "config": {**provider["config"], **settings}},
            }
    if yaml.load(after, SAFE_LOADER) != wanted:
        raise LookupError(user)


@contextlib.contextmanager
def _locked(file: Path) -> Iterator[None]:
    """Source of the rule: client-go, tools/clientcmd/config.go, lockFile."""
    lock, until = f"{file}.lock", time.monotonic() + _LOCK_SECONDS
    while True:
        try:
            os.close(os.open(lock, os.O_CREAT | os.O_EXCL, 0o600))
            break
        except FileExistsError:
            if time.monotonic() > until:
                raise
            time.sleep(0.05)
    try:
        yield
    finally:
        os.unlink(lock)


def _replace(file: Path, content: bytes) -> None:
    """At once, with the mode and owner that it has; a link stays one."""
    target = file.resolve()
    was = target.stat()
    if not os.access(target, os.W_OK):
        raise PermissionError(13, "it is read-only", str(file))
    descriptor, name = tempfile.mkstemp(dir=target.parent, prefix=f".{target.name}.")
    try:
        with os.fdopen(descriptor, "wb") as written:
            os.fchmod(descriptor, stat.S_IMODE(was.st_mode))
            with contextlib.suppress(PermissionError):  # only root may give a file away
                os.fchown(descriptor, was.st_uid, was.st_gid)
            written.write(content)
            written.flush()
            os.fsync(descriptor)
        os.replace(name, target)
    except BaseException:
        os.unlink(name)
        raise
