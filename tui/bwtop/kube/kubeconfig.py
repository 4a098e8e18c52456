"""Reads kubeconfig files: the one module that knows the `kubernetes` package.

It merges several files; one file alone needs no merging, and not the 350 ms that importing the package takes. Nothing
else of it is used: its errors carry whole entries with their tokens and are never shown, its loader runs plugins on
our terminal, and its OIDC refresh does not verify the identity provider's certificate.
"""

import os
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from bwtop.kube.errors import ConfigError

Fields = Mapping[str, Any]


@dataclass(frozen=True, kw_only=True)
class Entry:
    """A cluster or a user."""

    name: str = ""
    fields: Fields = field(default_factory=dict, repr=False)
    base: Path = Path()
    """Directory of the file that it stands in: what relative paths in it begin from."""

    def text(self, key: str) -> str:
        value = self.fields.get(key)
        return "" if value is None else str(value)

    def path(self, key: str) -> Path | None:
        return self.base / Path(self.text(key)).expanduser() if self.text(key) else None


@dataclass(frozen=True, kw_only=True)
class Chosen:
    context: str = ""
    namespace: str = ""
    cluster: Entry = Entry()
    user: Entry = Entry()


def kubeconfig_files(explicit: str | None, environ: Mapping[str, str]) -> list[Path]:
    """The files that there are, as kubectl looks for them; one that is named explicitly must exist."""
    if explicit:
        path = Path(explicit).expanduser()
        if not path.exists():
            raise ConfigError(f"there is no kubeconfig {path}", target=str(path))
        return [path]
    listed = environ.get("KUBECONFIG", "")
    names = listed.split(os.pathsep) if listed else ["~/.kube/config"]
    return [path for path in (Path(name).expanduser() for name in names if name) if path.exists()]


def choose(
    files: Sequence[Path], *, context: str | None, cluster: str | None, user: str | None, needed: bool = True
) -> Chosen:
    """The cluster and user of a context, each replaced where one is named; empty where the files are.

    `needed`: that no context is chosen is an error. Blocks. Raises ConfigError.
    """
    written = [path for path in files if _text(path).strip()]
    if not written:
        return Chosen()
    merged = _merge(written)
    name = context or merged.current
    if not name and not cluster and needed:
        hint = f"choose one with --context: {', '.join(merged.contexts) or 'but it has none'}"
        raise ConfigError(f"no current context in {_names(files)}", target=_names(files), hint=hint)
    found: Fields = _entry(merged.contexts, name, "context", written).fields if name else {}
    cluster_name, user_name = cluster or found.get("cluster"), user or found.get("user")
    return Chosen(
        context=name,
        namespace=found.get("namespace") or "",
        cluster=_entry(merged.clusters, cluster_name, "cluster", written) if cluster_name else Entry(),
        user=_entry(merged.users, user_name, "user", written) if user_name else Entry(),
    )


@dataclass(frozen=True, kw_only=True)
class _Merged:
    current: str
    contexts: Mapping[str, Entry]
    clusters: Mapping[str, Entry]
    users: Mapping[str, Entry]


def _merge(files: Sequence[Path]) -> _Merged:
    import yaml

    try:
        return _read_one(files[0].absolute()) if len(files) == 1 else _read_several(files)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark
        where = f"{mark.name}, line {mark.line + 1}" if mark else _names(files)
        raise ConfigError(f"not YAML: {where}", target=_names(files)) from None
    except (yaml.YAMLError, UnicodeDecodeError):
        raise ConfigError(f"not YAML: {_names(files)}", target=_names(files)) from None
    except (AttributeError, KeyError, TypeError):  # of no kubeconfig, with a text that may carry a token
        raise ConfigError(f"not a kubeconfig: {_names(files)}", target=_names(files)) from None


def _read_one(path: Path) -> _Merged:
    import yaml

    with path.open() as file:
        content = yaml.load(file, getattr(yaml, "CSafeLoader", yaml.SafeLoader))

    def entries(kind: str) -> Mapping[str, Entry]:
        return _entries(((item, path) for item in content.get(f"{kind}s") or ()), kind)

    return _Merged(
        current=content.get("current-context") or "",
        contexts=entries("context"),
        clusters=entries("cluster"),
        users=entries("user"),
    )


def _read_several(files: Sequence[Path]) -> _Merged:
    from kubernetes.aio.config.kube_config import ENV_KUBECONFIG_PATH_SEPARATOR, KubeConfigMerger

    names = [str(path.absolute()) for path in files]
    merge: Callable[[str], Any] = KubeConfigMerger
    merger = merge(ENV_KUBECONFIG_PATH_SEPARATOR.join(names))

    def entries(kind: str) -> Mapping[str, Entry]:
        return _entries(((node.value, Path(node.path)) for node in merger.config.value[f"{kind}s"]), kind)

    return _Merged(
        # The first file that sets it counts; the package takes the last.
        current=next(filter(None, (merger.config_files[name].get("current-context") for name in names)), ""),
        contexts=entries("context"),
        clusters=entries("cluster"),
        users=entries("user"),
    )


def _entries(items: Iterable[tuple[Fields, Path]], kind: str) -> Mapping[str, Entry]:
    """By name, with the file that each stands in; of two with one name the first counts."""
    found: dict[str, Entry] = {}
    for item, path in items:
        name = str(item["name"])
        found.setdefault(name, Entry(name=name, fields=dict(item.get(kind) or {}), base=path.parent))
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
