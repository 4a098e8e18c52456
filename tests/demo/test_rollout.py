"""A controller whose template changes rolls its pods, so that what the template says comes to them."""

from typing import Any

import pytest

from bwtop.demo.kinds import DAEMON_SETS, DEPLOYMENTS, EVENTS, PODS, REPLICA_SETS, STATEFUL_SETS, Kind
from bwtop.demo.pods import is_ready
from bwtop.demo.world import World, load_world
from demo.client import LIMIT, MERGE_PATCH, Client
from demo.clocks import StillClock

APPS = "/apis/apps/v1/namespaces/{}/{}/{}"
CHECKOUT = APPS.format("shop", "deployments", "checkout")
EXPORT = APPS.format("batch", "statefulsets", "export")


@pytest.fixture
def world(still: StillClock) -> World:
    return load_world("eks-chaining", clock=still)


def pods(world: World, namespace: str, prefix: str) -> list[dict[str, Any]]:
    return [pod.body() for pod in world.store[PODS].within(namespace) if pod.name.startswith(prefix)]


def limits(world: World, namespace: str, prefix: str) -> list[str | None]:
    found = pods(world, namespace, prefix)
    return [(pod["metadata"].get("annotations") or {}).get(LIMIT) for pod in found if is_ready(pod)]


def status(world: World, kind: Kind, namespace: str, name: str) -> dict[str, Any]:
    found: dict[str, Any] = world.store[kind].get(namespace, name).body()["status"]
    return found


async def set_limit(client: Client, path: str, limit: str | None, **spec: object) -> None:
    wanted = {"template": {"metadata": {"annotations": {LIMIT: limit}}}, **spec}
    code, answer = await client.send("PATCH", path, {"spec": wanted}, media=MERGE_PATCH)
    assert code == 200, answer


def pass_by(world: World, still: StillClock, seconds: float) -> None:
    for _ in range(int(seconds * 4)):
        still.now += 0.25
        world.advance()


@pytest.mark.parametrize(
    ("path", "prefix", "count"),
    [(CHECKOUT, "checkout-", 3), (EXPORT, "export-", 2)],
)
async def test_every_pod_comes_to_what_the_template_says_step_by_step(
    client: Client, world: World, still: StillClock, path: str, prefix: str, count: int
) -> None:
    namespace = path.split("/")[5]
    before = pods(world, namespace, prefix)
    await set_limit(client, path, "33M")
    seen: list[int] = []
    for _ in range(80):
        pass_by(world, still, 0.25)
        seen.append(limits(world, namespace, prefix).count("33M"))
        assert sum(map(is_ready, pods(world, namespace, prefix))) >= count - 1
    assert limits(world, namespace, prefix) == ["33M"] * count
    assert set(seen) == set(range(count + 1))
    uids = {pod["metadata"]["uid"] for pod in before}
    assert not uids & {pod["metadata"]["uid"] for pod in pods(world, namespace, prefix)}


async def test_a_deployment_makes_another_replica_set_and_its_pods_have_new_names_and_endpoints(
    client: Client, world: World, still: StillClock
) -> None:
    names = {pod["metadata"]["name"] for pod in pods(world, "shop", "checkout-")}
    endpoints = {key for key in world.endpoints if key[1] in names}
    await set_limit(client, CHECKOUT, "33M")
    pass_by(world, still, 20)
    new = {pod["metadata"]["name"] for pod in pods(world, "shop", "checkout-")}
    assert len(new) == 3
    assert not names & new
    assert not endpoints & world.endpoints.keys()
    assert {("shop", name) for name in new} <= world.endpoints.keys()
    sets = [
        each.body()["spec"]["replicas"] for each in world.store[REPLICA_SETS].within("shop") if "checkout" in each.name
    ]
    assert sorted(sets) == [0, 3]


async def test_new_pods_send_as_the_old_ones_did(client: Client, world: World, still: StillClock) -> None:
    def wanted() -> list[float]:
        found = [end.counter for key, end in world.endpoints.items() if key[1].startswith("checkout")]
        return sorted(counter.demand.bits for counter in found if counter)

    before = wanted()
    await set_limit(client, CHECKOUT, "33M")
    pass_by(world, still, 20)
    assert wanted() == before


async def test_what_was_before_is_rolled_out_again_from_the_replica_set_of_then(
    client: Client, world: World, still: StillClock
) -> None:
    for limit in ("33M", "20M"):
        await set_limit(client, CHECKOUT, limit)
        pass_by(world, still, 20)
    assert limits(world, "shop", "checkout-") == ["20M"] * 3
    assert len([each for each in world.store[REPLICA_SETS].within("shop") if "checkout" in each.name]) == 2


async def test_the_status_follows(client: Client, world: World, still: StillClock) -> None:
    await set_limit(client, CHECKOUT, "33M")
    _, found = await client.get(CHECKOUT)
    assert found["metadata"]["generation"] == 2
    seen = []
    for _ in range(80):
        pass_by(world, still, 0.25)
        now = status(world, DEPLOYMENTS, "shop", "checkout")
        seen.append((now["observedGeneration"], now["updatedReplicas"], now["availableReplicas"]))
    assert seen[-1] == (2, 3, 3)
    assert {updated for _, updated, _ in seen} >= {1, 2, 3}
    assert min(available for _, _, available in seen) == 3


async def test_a_stateful_set_ends_with_one_revision(client: Client, world: World, still: StillClock) -> None:
    await set_limit(client, EXPORT, "33M")
    pass_by(world, still, 1)
    on_the_way = status(world, STATEFUL_SETS, "batch", "export")
    assert on_the_way["currentRevision"] != on_the_way["updateRevision"]
    pass_by(world, still, 20)
    at_the_end = status(world, STATEFUL_SETS, "batch", "export")
    assert at_the_end["currentRevision"] == at_the_end["updateRevision"] == on_the_way["updateRevision"]


async def test_a_partition_keeps_the_pods_below_it(client: Client, world: World, still: StillClock) -> None:
    strategy = {"type": "RollingUpdate", "rollingUpdate": {"partition": 1}}
    await set_limit(client, EXPORT, "33M", updateStrategy=strategy)
    pass_by(world, still, 20)
    assert limits(world, "batch", "export-") == ["100M", "33M"]
    assert status(world, STATEFUL_SETS, "batch", "export")["updatedReplicas"] == 1


async def test_a_daemon_set_is_rolled_node_by_node(client: Client, world: World, still: StillClock) -> None:
    await set_limit(client, APPS.format("monitoring", "daemonsets", "node-exporter"), "33M")
    nodes = {pod["spec"]["nodeName"] for pod in pods(world, "monitoring", "node-exporter-")}
    pass_by(world, still, 20)
    assert limits(world, "monitoring", "node-exporter-") == ["33M"] * 2
    assert {pod["spec"]["nodeName"] for pod in pods(world, "monitoring", "node-exporter-")} == nodes
    assert status(world, DAEMON_SETS, "monitoring", "node-exporter")["updatedNumberScheduled"] == 2


async def test_a_paused_deployment_keeps_its_pods_until_it_is_resumed(
    client: Client, world: World, still: StillClock
) -> None:
    await set_limit(client, CHECKOUT, "33M", paused=True)
    pass_by(world, still, 20)
    assert limits(world, "shop", "checkout-") == ["20M"] * 3
    await client.send("PATCH", CHECKOUT, {"spec": {"paused": None}}, media=MERGE_PATCH)
    pass_by(world, still, 20)
    assert limits(world, "shop", "checkout-") == ["33M"] * 3


async def test_recreate_ends_all_pods_before_it_makes_new_ones(client: Client, world: World, still: StillClock) -> None:
    await set_limit(client, CHECKOUT, "33M", strategy={"type": "Recreate"})
    pass_by(world, still, 1)
    assert all("deletionTimestamp" in pod["metadata"] for pod in pods(world, "shop", "checkout-"))
    pass_by(world, still, 20)
    assert limits(world, "shop", "checkout-") == ["33M"] * 3


async def test_with_on_delete_only_what_somebody_deletes_is_new(
    client: Client, world: World, still: StillClock
) -> None:
    await set_limit(client, EXPORT, "33M", updateStrategy={"type": "OnDelete"})
    pass_by(world, still, 20)
    assert limits(world, "batch", "export-") == ["100M"] * 2
    world.store.delete(PODS, "batch", "export-0")
    pass_by(world, still, 5)
    assert limits(world, "batch", "export-") == ["33M", "100M"]


async def test_a_value_that_containerd_refuses_stops_the_rollout_at_its_first_pod(
    client: Client, world: World, still: StillClock
) -> None:
    await set_limit(client, CHECKOUT, "10m", progressDeadlineSeconds=60)
    pass_by(world, still, 30)
    assert limits(world, "shop", "checkout-") == ["20M"] * 3
    [event] = [each.body() for each in world.store[EVENTS].within("shop")]
    assert event["reason"] == "FailedCreatePodSandBox"
    assert "unreasonably small" in event["message"]
    pass_by(world, still, 60)
    conditions = status(world, DEPLOYMENTS, "shop", "checkout")["conditions"]
    [progressing] = [each for each in conditions if each["type"] == "Progressing"]
    assert (progressing["status"], progressing["reason"]) == ("False", "ProgressDeadlineExceeded")


async def test_a_dry_run_rolls_nothing(client: Client, world: World, still: StillClock) -> None:
    body = {"spec": {"template": {"metadata": {"annotations": {LIMIT: "33M"}}}}}
    _, tried = await client.send("PATCH", f"{CHECKOUT}?dryRun=All", body, media=MERGE_PATCH)
    assert tried["metadata"]["generation"] == 2
    pass_by(world, still, 20)
    assert limits(world, "shop", "checkout-") == ["20M"] * 3
    assert tried["status"]["observedGeneration"] == 1
