"""A controller whose template changes rolls its pods, so that what the template says comes to them."""

import pytest

from bwtop.demo.kinds import PODS
from bwtop.demo.world import World, load_world
from demo.client import LIMIT, MERGE_PATCH, Client
from demo.clocks import StillClock

APPS = "/apis/apps/v1/namespaces/{}/{}/{}"


def limits(world: World, namespace: str, prefix: str) -> list[str | None]:
    found = [pod.body() for pod in world.store[PODS].within(namespace) if pod.name.startswith(prefix)]
    return [
        (pod["metadata"].get("annotations") or {}).get(LIMIT) for pod in found if pod["status"]["phase"] == "Running"
    ]


@pytest.fixture
def world(still: StillClock) -> World:
    return load_world("eks-chaining", clock=still)


@pytest.mark.parametrize(
    ("namespace", "plural", "name", "count"),
    [("shop", "deployments", "checkout", 3), ("batch", "statefulsets", "export", 2)],
)
async def test_every_pod_comes_to_what_the_template_says(
    client: Client, world: World, still: StillClock, namespace: str, plural: str, name: str, count: int
) -> None:
    body = {"spec": {"template": {"metadata": {"annotations": {LIMIT: "33M"}}}}}
    code, _ = await client.send("PATCH", APPS.format(namespace, plural, name), body, media=MERGE_PATCH)
    assert code == 200
    seen: set[int] = set()
    for _ in range(60):
        still.now += 0.25
        world.advance()
        seen.add(limits(world, namespace, f"{name}-").count("33M"))
    assert limits(world, namespace, f"{name}-") == ["33M"] * count
    assert seen >= set(range(1, count)), "they are replaced one after the other"


async def test_a_paused_deployment_keeps_its_pods(client: Client, world: World, still: StillClock) -> None:
    path = APPS.format("shop", "deployments", "checkout")
    await client.send("PATCH", path, {"spec": {"paused": True}}, media=MERGE_PATCH)
    body = {"spec": {"template": {"metadata": {"annotations": {LIMIT: "33M"}}}}}
    await client.send("PATCH", path, body, media=MERGE_PATCH)
    still.now += 20
    world.advance()
    assert limits(world, "shop", "checkout-") == ["20M"] * 3
