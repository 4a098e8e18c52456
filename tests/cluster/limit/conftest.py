"""Pods that run nowhere, to be edited by `bwtop limit` and by its editor."""

import secrets
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from bwtop.kube.api import Api
from bwtop.kube.config import ConfigRequest, connect
from bwtop.live.audit import AuditLog
from bwtop.live.editor import Editor
from cluster.contract import PODS
from cluster.limit.commands import POD_SPEC, Object
from cluster.rest import Rest
from cluster.rig import Rig


@pytest.fixture
def rest(rig: Rig) -> Iterator[Rest]:
    with rig.rest() as opened:
        yield opened


@pytest.fixture
def made(rest: Rest) -> Iterator[Callable[..., str]]:
    """Makes pods that run nowhere and removes them at the end; the path of each."""
    paths: list[str] = []

    def make(
        annotations: dict[str, str] | None,
        name: str = "",
        *,
        labels: dict[str, str] | None = None,
        spec: Object | None = None,
    ) -> str:
        name = name or f"limit-{secrets.token_hex(4)}"
        metadata = {"name": name, "annotations": annotations, "labels": labels}
        paths.append(f"{PODS}/{name}")
        rest.call("POST", PODS, {"metadata": metadata, "spec": POD_SPEC | (spec or {})})
        return paths[-1]

    yield make
    for path in set(paths):
        rest.send("DELETE", f"{path}?gracePeriodSeconds=0")


@pytest.fixture
async def editor(rig: Rig, tmp_path: Path) -> Any:
    api = Api(await connect(ConfigRequest(kubeconfig=str(rig.kubeconfig))))
    yield Editor(api, audit=AuditLog(tmp_path / "audit.jsonl"))
    await api.close()
