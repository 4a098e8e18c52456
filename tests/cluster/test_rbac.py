"""What `bwtop rbac` prints is taken by kubectl, and a user who has it can do what bwtop does, and no more."""

import asyncio
import shutil
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from bwtop.kube.api import Api
from bwtop.kube.config import ConfigRequest, connect
from bwtop.live.rights import granted, rights
from cluster.rig import Rig

pytestmark = [
    pytest.mark.cluster,
    pytest.mark.skipif(shutil.which("kubectl") is None, reason="kubectl is not installed"),
]


def printed(*words: str) -> str:
    done = subprocess.run(
        [sys.executable, "-m", "bwtop", "rbac", *words], capture_output=True, text=True, check=True, timeout=30
    )
    return done.stdout


def kubectl(rig: Rig, *words: str, given: str = "") -> str:
    done = subprocess.run(
        ["kubectl", "--kubeconfig", str(rig.kubeconfig), *words],
        input=given,
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


@asynccontextmanager
async def api_as(rig: Rig, user: str) -> AsyncIterator[Api]:
    api = Api(await connect(ConfigRequest(kubeconfig=str(rig.kubeconfig), as_user=user)))
    try:
        yield api
    finally:
        await api.close()


async def lost(rig: Rig, user: str) -> set[str]:
    """What the doctor says that the user cannot do."""
    async with api_as(rig, user) as api:
        answers = await granted(api, rights(namespace="default", cilium_namespace="kube-system"))
    return {one.right.loses for one in answers if one.denied}


@pytest.mark.parametrize("task", ["reader", "editor", "netperf"])
def test_kubectl_takes_what_is_printed(rig: Rig, task: str) -> None:
    for words in ((), ("-n", "default"), ("--group", "on-call"), ("--serviceaccount", "default:bwtop")):
        assert "configured" not in kubectl(rig, "apply", "--dry-run=client", "-f", "-", given=printed(task, *words))
        kubectl(rig, "apply", "--dry-run=server", "-f", "-", given=printed(task, *words))


@pytest.mark.parametrize(
    ("tasks", "missing"),
    [
        (["reader"], {"editing limits", "netperf from a client that bwtop makes", "netperf between pods",
                      "netperf with servers that have no netperf"}),
        (["editor"], {"netperf from a client that bwtop makes", "netperf between pods",
                      "netperf with servers that have no netperf"}),
        (["netperf"], {"editing limits"}),
        (["editor", "netperf"], set()),
    ],
)  # fmt: skip
async def test_who_has_the_roles_can_do_what_they_are_for(rig: Rig, tasks: list[str], missing: set[str]) -> None:
    user = f"ana-{'-'.join(tasks)}"
    text = "---\n".join(printed(task, "--user", user, "-n", "default") for task in tasks)
    await asyncio.to_thread(kubectl, rig, "apply", "-f", "-", given=text)
    try:
        assert await lost(rig, user) == missing
        assert await lost(rig, "nobody") >= {"the rows", "editing limits"}
        secret = await asyncio.to_thread(
            subprocess.run,
            ["kubectl", "--kubeconfig", str(rig.kubeconfig), "auth", "can-i", "get", "secrets", "--as", user, "-A"],
            capture_output=True, text=True,
        )  # fmt: skip
        assert secret.stdout.strip() == "no"
    finally:
        await asyncio.to_thread(kubectl, rig, "delete", "--ignore-not-found", "-f", "-", given=text)


async def test_roles_for_the_next_user_leave_those_of_the_first(rig: Rig) -> None:
    """Names with what RBAC refuses in the name of an object, too."""
    users = ("first", "oidc:/next%20one")
    texts = [
        printed(task, "--user", user, "-n", "default") for task, user in zip(("reader", "editor"), users, strict=True)
    ]
    try:
        for text in texts:
            await asyncio.to_thread(kubectl, rig, "apply", "-f", "-", given=text)
        assert "the rows" not in await lost(rig, users[0]) | await lost(rig, users[1])
        assert "editing limits" in await lost(rig, users[0])
    finally:
        await asyncio.to_thread(kubectl, rig, "delete", "--ignore-not-found", "-f", "-", given="---\n".join(texts))
