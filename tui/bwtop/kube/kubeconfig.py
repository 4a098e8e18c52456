"""Reads kubeconfig files and merges several as kubectl does.

Source of the rules: k8s.io/client-go, tools/clientcmd/loader.go. Errors never carry what stands in an entry: it may be
a token.
"""

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from bwtop.kube.errors import ConfigError
from bwtop.model.place import Contexts
from bwtop.model.yaml_values import SAFE_LOADER

Fields = Mapping[str, Any]


@dataclass(frozen=True, kw_only=True)
class Entry:
    """A cluster or a user."""

    name: str = ""
    fields: Fields = field(default_factory=dict, repr=False)
    base: Path = Path()
    """Directory of the file that it stands in: what relative paths in it begin from."""
    file: Path = Path()
    """The kubeconfig that it stands in."""

    def text(self, key: str) -> str:
        value = self.fields.get(key)
        return "" if value is None else str(value)

    def path(self, key: str) -> Path | None:
        return self.base / self.text(key) if self.text(key) else None


@dataclass(frozen=True, kw_only=True)
class Chosen:
    context: str = ""
    namespace: str = ""
    cluster: Entry = Entry()
    user: Entry = Entry()


def kubeconfig_files(explicit: str | None, environ: Mapping[str, str]) -> list[Path]:
    """The files that there are, as kubectl looks for them; one that is named explicitly must exist."""
    if explicit:
        path = Path(explicit)
        if not path.exists():
            raise ConfigError(f"there is no kubeconfig {path}", target=str(path))
        return [path]
    if listed := environ.get("KUBECONFIG", ""):
        return [path for path in (Path(name) for name in listed.split(os.pathsep) if name) if path.exists()]
    usual = Path(environ.get("HOME") or Path.home(), ".kube", "config")
    return [usual] if usual.exists() else []


def choose(
    files: Sequence[Path], *, context: str | None, cluster: str | None, user: str | None, needed: bool = True
) -> Chosen:
    """The cluster and user of a context, each replaced where one is named; empty where the files are.

    `needed`: that no context is chosen is an error. Blocks. Raises ConfigError.
    """
    written = _read_all(files)
    if not written:
        return Chosen()
    merged = _merge(written)
    name = context or merged.current
    if not name and not cluster and needed:
        hint = f"choose one with --context: {', '.join(merged.contexts) or 'but it has none'}"
        raise ConfigError(f"no current context in {_names(files)}", target=_names(files), hint=hint)
    found: Fields = _entry(merged.contexts, name, "context", files).fields if name else {}
    cluster_name, user_name = cluster or found.get("cluster"), user or found.get("user")
    return Chosen(
        context=name,
        namespace=found.get("namespace") or "",
        cluster=_entry(merged.clusters, cluster_name, "cluster", files) if cluster_name else Entry(),
        user=_entry(merged.users, user_name, "user", files) if user_name else Entry(),
    )


def read_contexts(files: Sequence[Path]) -> Contexts:
    """In the order of the files. Blocks. Raises ConfigError."""
    merged = _merge(_read_all(files))
    return Contexts(names=tuple(merged.contexts), current=merged.current)


@dataclass(frozen=True, kw_only=True)
class _Config:
    """One file, or what several come to."""

    current: str
    contexts: Mapping[str, Entry]
    clusters: Mapping[str, Entry]
    users: Mapping[str, Entry]


def _read_all(files: Sequence[Path]) -> Sequence[_Config]:
    """Those that are not empty."""
    texts = [(path.absolute(), _text(path)) for path in files]
    return [_read(path, text) for path, text in texts if text.strip()]


def _merge(configs: Sequence[_Config]) -> _Config:
    """The first file that has an entry of a name counts, and has it whole; so it is with the current context."""
    return _Config(
        current=next((config.current for config in configs if config.current), ""),
        contexts=_first([config.contexts for config in configs]),
        clusters=_first([config.clusters for config in configs]),
        users=_first([config.users for config in configs]),
    )


def _first(entries: Sequence[Mapping[str, Entry]]) -> Mapping[str, Entry]:
    found: dict[str, Entry] = {}
    for each in entries:
        found = {**each, **found}
    return found


def _read(path: Path, text: str) -> _Config:
    try:
        content = yaml.load(text, SAFE_LOADER) or {}
        return _Config(
            current=content.get("current-context") or "",
            contexts=_entries(content, "context", path),
            clusters=_entries(content, "cluster", path),
            users=_entries(content, "user", path),
        )
    except yaml.MarkedYAMLError as error:
        where = f"{path}, line {error.problem_mark.line + 1}" if error.problem_mark else str(path)
        raise ConfigError(f"not YAML: {where}", target=str(path)) from None
    except yaml.YAMLError:
        raise ConfigError(f"not YAML: {path}", target=str(path)) from None
    except (AttributeError, KeyError, TypeError, ValueError):  # of no kubeconfig
        raise ConfigError(f"not a kubeconfig: {path}", target=str(path)) from None


def _entries(content: Fields, kind: str, path: Path) -> Mapping[str, Entry]:
    found: dict[str, Entry] = {}
    for item in content.get(f"{kind}s") or ():
        name = str(item["name"])
        if name in found:
            raise ConfigError(f"{path} has two {kind}s of the name {name}", target=name, hint="rename or remove one")
        found[name] = Entry(name=name, fields=dict(item.get(kind) or {}), base=path.parent, file=path)
    return found


def _entry(entries: Mapping[str, Entry], name: str, kind: str, files: Sequence[Path]) -> Entry:
    if name not in entries:
        hint = f"there are: {', '.join(entries)}" if entries else "it has none at all"
        raise ConfigError(f"no {kind} {name} in {_names(files)}", target=name, hint=hint)
    return entries[name]


def _names(files: Sequence[Path]) -> str:
    return ", ".join(str(path) for path in files)


def _text(path: Path) -> str:
    try:
        return path.read_text()
    except OSError as error:
        raise ConfigError(f"cannot read the kubeconfig {path}: {error.strerror}", target=str(path)) from error
    except UnicodeDecodeError:
        raise ConfigError(f"not a kubeconfig: {path}", target=str(path)) from None
