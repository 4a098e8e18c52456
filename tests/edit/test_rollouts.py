"""After a template has changed its rollout is followed to the end, and then the limits of the new pods."""

import asyncio
import json
from typing import Any

import msgspec
import pytest

from bwtop.cilium.resources import Pod
from bwtop.cilium.wire import EGRESS_BANDWIDTH
from bwtop.demo.access import VIEWER
from bwtop.demo.kinds import DEPLOYMENTS, PODS
from bwtop.demo.store import Change
from bwtop.kube.api import Api
from bwtop.live.landing import Landing
from bwtop.live.plan import Edited, Plan, Result
from bwtop.live.rollout import Rollout, follow_rollout
from bwtop.live.rollout_pods import label_selector
from bwtop.model.edit import REMOVAL, propose
from edit.editors import MERGE_PATCH, Cluster

CHECKOUT = "/apis/apps/v1/namespaces/shop/deployments/checkout"
LONG = 60.0
"""Seconds; no rollout of the demo takes so long, and no test waits for it."""


async def template_of(cluster: Cluster, app: str, value: str | None, namespace: str = "shop") -> Plan:
    path = f"/api/v1/namespaces/{namespace}/pods"
    found = json.loads(await cluster.api.get(path, [("labelSelector", f"app={app}")]))
    names = [item["metadata"]["name"] for item in found["items"]]
    proposal = REMOVAL if value is None else propose(value)
    plans = await cluster.batch().plan([(namespace, name) for name in names], proposal)
    [plan] = await cluster.batch().plan_templates(plans)
    return plan


async def rolled(cluster: Cluster, plan: Plan, *, wait: float = LONG, api: Api | None = None) -> Rollout:
    [edited] = await cluster.batch(api).write_all([plan], wait=wait)
    assert edited.outcome.result is Result.CHANGED
    assert edited.rollout is not None
    assert edited.good is edited.rollout.good
    return edited.rollout


async def change(cluster: Cluster, path: str, spec: dict[str, Any]) -> None:
    await cluster.api.send("PATCH", path, json.dumps({"spec": spec}).encode(), content_type=MERGE_PATCH)


def pods_of(cluster: Cluster, prefix: str) -> list[str]:
    return [pod.name for pod in cluster.world.store[PODS] if pod.name.startswith(prefix)]


async def test_it_is_followed_until_all_pods_are_new_and_their_limits_are_programmed(cluster: Cluster) -> None:
    before = pods_of(cluster, "checkout-")
    rollout = await rolled(cluster, await template_of(cluster, "checkout", "33M"))
    assert rollout.good
    assert rollout.seconds is not None
    assert str(rollout).startswith("rolled out after ")
    assert str(rollout).endswith("; programmed on all 3 new pods")
    assert sorted(pod.pod for pod in rollout.pods) == pods_of(cluster, "checkout-")
    assert not {*before} & {pod.pod for pod in rollout.pods}


@pytest.mark.parametrize(("app", "value", "namespace", "said"), [
    ("export", "33M", "batch", "programmed on all 2 new pods"),
    ("postgres", "33M", "shop", "programmed on its new pod"),
    ("cart", None, "shop", "limit removed on all 2 new pods"),
])  # fmt: skip
async def test_stateful_sets_and_removals_land_too(
    cluster: Cluster, app: str, value: str | None, namespace: str, said: str
) -> None:
    assert str(await rolled(cluster, await template_of(cluster, app, value, namespace))).endswith(said)


async def test_every_step_is_told(cluster: Cluster) -> None:
    told: list[Edited] = []
    plan = await template_of(cluster, "checkout", "33M")
    [edited] = await cluster.batch().write_all([plan], wait=LONG, tell=told.append)
    assert told[0].rollout is None
    assert told[-1] == edited
    assert [each.waits for each in told] == [True] * (len(told) - 1) + [False]
    steps = [each.rollout for each in told[1:-1] if each.rollout]
    assert len(steps) == len(told) - 2
    assert not any(step.over for step in steps)
    updated = [step.progress.updated for step in steps if step.progress]
    assert updated == sorted(updated)
    assert updated[-1] == 3


async def test_pods_that_cannot_be_made_are_told_while_it_waits(cluster: Cluster) -> None:
    """The value is legal, and containerd refuses it: the second yes was given."""
    told = asyncio.Event()

    def hear(edited: Edited) -> None:
        if "pod checkout-" in str(edited.rollout) and "unreasonably small" in str(edited.rollout):
            told.set()

    plan = await template_of(cluster, "checkout", "10m")
    written = asyncio.create_task(cluster.batch().write_all([plan], wait=LONG, tell=hear))
    await told.wait()
    written.cancel()


async def test_a_deployment_that_has_given_up_ends_the_wait_with_the_pods_reason(cluster: Cluster) -> None:
    await change(cluster, CHECKOUT, {"progressDeadlineSeconds": 10})
    rollout = await rolled(cluster, await template_of(cluster, "checkout", "10m"))
    assert not rollout.good
    assert "unreasonably small" in str(rollout)
    assert "1 of 3 pods updated" in str(rollout)


async def test_an_image_that_cannot_be_pulled_is_named(cluster: Cluster) -> None:
    container = {"name": "checkout", "image": "registry.invalid/checkout:1"}
    plan = await template_of(cluster, "checkout", "33M")
    body = cluster.world.store[DEPLOYMENTS].get("shop", "checkout").body()
    body["spec"]["template"]["spec"]["containers"] = [container]
    body["spec"]["progressDeadlineSeconds"] = 10
    cluster.world.store.update(DEPLOYMENTS, body)
    assert "ImagePullBackOff" in str(await rolled(cluster, plan))


async def test_time_that_runs_out_is_told_with_how_far_it_has_come(cluster: Cluster) -> None:
    await change(cluster, CHECKOUT, {"paused": True})
    plan = await template_of(cluster, "checkout", "33M")
    rollout = await rolled(cluster, msgspec.structs.replace(plan, rolls=True), wait=0.5)
    assert (rollout.over, rollout.seconds) == (True, None)
    assert "not rolled out: not within 0.5 s" in str(rollout)
    assert "rollout status deployment checkout" in str(rollout)


async def test_what_rolls_nothing_is_not_waited_for(cluster: Cluster) -> None:
    await change(cluster, CHECKOUT, {"paused": True})
    [edited] = await cluster.batch().write_all([await template_of(cluster, "checkout", "33M")], wait=LONG)
    assert edited.rollout is None
    assert edited.good
    assert edited.text == "changed; it is paused: its 3 pods will be rolled when it is resumed"


async def test_without_a_wait_nothing_is_followed(cluster: Cluster) -> None:
    [edited] = await cluster.batch().write_all([await template_of(cluster, "checkout", "33M")], wait=0)
    assert (edited.rollout, edited.text, edited.good) == (None, "changed", True)


async def test_pods_below_a_partition_are_not_looked_at(cluster: Cluster) -> None:
    strategy = {"type": "RollingUpdate", "rollingUpdate": {"partition": 1}}
    await change(cluster, "/apis/apps/v1/namespaces/batch/statefulsets/export", {"updateStrategy": strategy})
    rollout = await rolled(cluster, await template_of(cluster, "export", "33M", "batch"))
    assert [pod.pod for pod in rollout.pods] == ["export-1"]
    assert str(rollout).endswith("programmed on its new pod")


async def test_new_pods_that_do_not_carry_the_limit_are_told(cluster: Cluster) -> None:
    """As where a webhook sets a value of its own."""
    world = cluster.world

    def overwrite(change: Change) -> None:
        pod = change.object
        if change.type == "ADDED" and pod.name.startswith("checkout-"):
            world.agenda.after(0.0, lambda: world.annotate("shop", pod.name, "5M"))

    world.store[PODS].subscribe(overwrite)
    rollout = await rolled(cluster, await template_of(cluster, "checkout", "33M"))
    assert not rollout.good
    assert "3 of 3 pods do not carry it" in str(rollout)


async def test_pods_of_somebody_else_with_the_same_labels_are_not_looked_at(cluster: Cluster) -> None:
    world, plan = cluster.world, await template_of(cluster, "checkout", "33M")
    [cart, *_] = [pod.body() for pod in world.store[PODS] if pod.name.startswith("cart-")]
    [checkout, *_] = [pod.body() for pod in world.store[PODS] if pod.name.startswith("checkout-")]
    metadata = cart["metadata"] | {"name": "cart-beside", "uid": world.uid(), "labels": checkout["metadata"]["labels"]}
    world.store.create(PODS, cart | {"metadata": metadata | {"annotations": {EGRESS_BANDWIDTH: "33M"}}})
    rollout = await rolled(cluster, plan)
    assert "cart-beside" not in [pod.pod for pod in rollout.pods]
    assert str(rollout).endswith("; programmed on all 3 new pods")


async def test_more_new_pods_than_are_looked_at_are_counted(cluster: Cluster, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bwtop.live.rollout.MOST_PODS", 2)
    rollout = await rolled(cluster, await template_of(cluster, "checkout", "33M"))
    assert len(rollout.pods) == 2
    assert str(rollout).endswith("; programmed on all 2 new pods; 1 more was not looked at")


async def test_another_controller_of_the_same_name_is_not_followed(cluster: Cluster) -> None:
    def replace(edited: Edited) -> None:
        if edited.rollout is None:
            body = cluster.world.store[DEPLOYMENTS].get("shop", "checkout").body()
            body["metadata"]["uid"] = cluster.world.uid()
            cluster.world.store.update(DEPLOYMENTS, body)

    plan = await template_of(cluster, "checkout", "33M")
    [edited] = await cluster.batch().write_all([plan], wait=LONG, tell=replace)
    assert "the Deployment was replaced by another of the same name" in str(edited.rollout)


async def test_who_may_not_read_the_controller_any_more_is_told_so_at_once(cluster: Cluster) -> None:
    plan = await template_of(cluster, "checkout", "33M")
    cluster.server.access.deny(verbs=["get"], resources=["deployments"])
    rollout = await rolled(cluster, plan)
    assert "it cannot be followed" in str(rollout)
    assert "a role must allow get on deployments in namespace shop" in str(rollout)


async def test_who_may_not_list_pods_is_told_what_could_not_be_checked(cluster: Cluster) -> None:
    plan = await template_of(cluster, "checkout", "33M")
    cluster.server.access.deny(verbs=["list"], resources=["pods"])
    rollout = await rolled(cluster, plan)
    assert rollout.seconds is not None
    assert not rollout.good
    assert "whether the new pods' limits are programmed could not be checked" in str(rollout)
    assert "a role must allow list on pods in namespace shop" in str(rollout)


async def test_who_may_not_exec_is_told_that_the_limits_are_not_known(cluster: Cluster) -> None:
    cluster.server.access.deny(resources=["pods/exec"])
    rollout = await rolled(cluster, await template_of(cluster, "checkout", "33M"))
    assert rollout.seconds is not None
    assert "programmed on 0 of 3 new pods" in str(rollout)
    assert "a role must allow" in str(rollout)


async def test_a_limit_that_does_not_land_is_told_with_its_pod(cluster: Cluster) -> None:
    for node in cluster.world.nodes:
        cluster.world.nodes[node].agent.spec.manager = False
    rollout = await rolled(cluster, await template_of(cluster, "checkout", "33M"))
    assert not rollout.good
    assert "programmed on 0 of 3 new pods; pod checkout-" in str(rollout)
    assert "bandwidth manager is off" in str(rollout)


async def test_who_changes_the_template_meanwhile_is_the_reason(cluster: Cluster) -> None:
    def overwrite(edited: Edited) -> None:
        if edited.rollout is None and edited.waits:
            body = cluster.world.store[DEPLOYMENTS].get("shop", "checkout").body()
            body["spec"]["template"]["metadata"]["annotations"] = {EGRESS_BANDWIDTH: "50M"}
            body["metadata"]["generation"] += 1
            cluster.world.store.update(DEPLOYMENTS, body)

    plan = await template_of(cluster, "checkout", "33M")
    [edited] = await cluster.batch().write_all([plan], wait=LONG, tell=overwrite)
    assert not edited.good
    assert "changed it meanwhile from 33M to 50M" in edited.text


async def test_an_outage_on_the_way_is_lived_through(cluster: Cluster) -> None:
    plan = await template_of(cluster, "checkout", "33M")
    [edited] = await cluster.batch().write_all(
        [plan], wait=LONG, tell=lambda each: None if each.rollout else cluster.server.faults.fail(CHECKOUT, status=503)
    )
    assert edited.good


async def test_following_it_takes_rights_to_read_alone(cluster: Cluster) -> None:
    async def land(pod: Pod, seconds: float) -> Landing:
        return Landing(node=pod.node, seconds=0.1)

    plan = await template_of(cluster, "checkout", "33M")
    await cluster.batch().write_all([plan], wait=0)
    api = cluster.another(as_user=VIEWER)
    assert (await follow_rollout(api, plan.holder, "33M", timeout=LONG, tell=lambda _: None, land=land)).good


@pytest.mark.parametrize(
    ("selector", "query"),
    [
        ({"matchLabels": {"app": "web", "tier": "front"}}, "app=web,tier=front"),
        ({"matchExpressions": [{"key": "app", "operator": "In", "values": ["a", "b"]}]}, "app in (a,b)"),
        ({"matchExpressions": [{"key": "app", "operator": "NotIn", "values": ["a"]}]}, "app notin (a)"),
        ({"matchExpressions": [{"key": "app", "operator": "Exists"}]}, "app"),
        ({"matchExpressions": [{"key": "app", "operator": "DoesNotExist"}]}, "!app"),
    ],
)
def test_the_controllers_selector_is_asked_in_the_words_of_a_list(selector: dict[str, Any], query: str) -> None:
    assert label_selector(selector) == query
