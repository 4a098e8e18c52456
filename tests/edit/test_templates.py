"""The limit in the template of what owns a pod: which one that is, what the change does, and that it is as careful."""

import json

import pytest

from bwtop.cilium.wire import EGRESS_BANDWIDTH
from bwtop.demo.kinds import PODS
from bwtop.live.found_pod import read_found_pod
from bwtop.live.plan import Plan, Result
from bwtop.live.template import NoTemplate, find_template, read_template
from bwtop.model.edit import REMOVAL, propose
from edit.editors import MERGE_PATCH, Cluster

CHECKOUT = "/apis/apps/v1/namespaces/shop/deployments/checkout"


async def pods_of(cluster: Cluster, app: str, namespace: str = "shop") -> list[str]:
    body = json.loads(await cluster.api.get(f"/api/v1/namespaces/{namespace}/pods", [("labelSelector", f"app={app}")]))
    return [item["metadata"]["name"] for item in body["items"]]


async def pods_named(cluster: Cluster, name: str) -> list[str]:
    return [pod.name for pod in cluster.world.store[PODS] if pod.name.startswith(name)]


async def template_plan(cluster: Cluster, value: str | None, app: str = "checkout", namespace: str = "shop") -> Plan:
    [name, *_] = await pods_of(cluster, app, namespace)
    plan = await cluster.plan(value, pod=name, namespace=namespace)
    return await cluster.editor().plan_template(plan)


async def test_the_template_of_a_replica_sets_pod_is_the_deployments(cluster: Cluster):
    plan = await template_plan(cluster, "33M")
    assert plan.name == "Deployment shop/checkout"
    assert plan.holder.annotation == "20M"
    assert plan.note == "its 3 pods will be rolled: replaced step by step"


async def test_pods_of_one_owner_are_one_edit(cluster: Cluster):
    names = await pods_of(cluster, "checkout")
    plans = await cluster.batch().plan([("shop", name) for name in names], propose("33M"))
    assert [plan.name for plan in await cluster.batch().plan_templates(plans)] == ["Deployment shop/checkout"]


async def test_a_dry_run_leaves_the_template_as_it_is(cluster: Cluster):
    before = await cluster.object(CHECKOUT)
    outcome = await cluster.editor().dry_run(await template_plan(cluster, "33M"))
    assert outcome.result is Result.TRIED
    assert await cluster.object(CHECKOUT) == before


async def test_one_annotation_of_the_template_changes_under_the_name_of_bwtop(cluster: Cluster):
    before = await cluster.object(CHECKOUT)
    assert (await cluster.editor().write(await template_plan(cluster, "33M"))).result is Result.CHANGED
    after = await cluster.object(CHECKOUT)
    assert "bwtop" in [entry["manager"] for entry in after["metadata"]["managedFields"]]
    before["spec"]["template"]["metadata"]["annotations"][EGRESS_BANDWIDTH] = "33M"
    assert after["metadata"]["generation"] == before["metadata"]["generation"] + 1
    for body in (before, after):
        del body["metadata"]["resourceVersion"], body["metadata"]["generation"], body["status"]
        body["metadata"].pop("managedFields", None)
    assert after == before


async def test_it_is_removed_and_undone(cluster: Cluster):
    plan = await template_plan(cluster, None)
    assert (await cluster.editor().write(plan)).result is Result.CHANGED
    assert (await template_plan(cluster, None)).holder.annotation is None
    assert (await cluster.editor().write(plan.undoing)).result is Result.CHANGED
    assert (await template_plan(cluster, None)).holder.annotation == "20M"


async def test_somebody_who_was_faster_is_named(cluster: Cluster):
    plan = await template_plan(cluster, "33M")
    body = {"spec": {"template": {"metadata": {"annotations": {EGRESS_BANDWIDTH: "50M"}}}}}
    encoded = json.dumps(body).encode()
    await cluster.api.send(
        "PATCH", CHECKOUT, encoded, content_type=MERGE_PATCH, params=[("fieldManager", "argocd-controller")]
    )
    outcome = await cluster.editor().write(plan)
    assert outcome.result is Result.CONFLICT
    assert outcome.reason == "argocd-controller changed it meanwhile from 20M to 50M"
    assert (await cluster.editor().plan_again(plan)).holder.annotation == "50M"


async def test_it_is_recorded_with_its_kind(cluster: Cluster):
    await cluster.editor().write(await template_plan(cluster, "33M"))
    [entry] = cluster.audit.entries()
    assert (entry.kind, entry.namespace, entry.name, entry.new) == ("Deployment", "shop", "checkout", "33M")


async def test_the_kubectl_line_is_a_patch_that_kubectl_takes(cluster: Cluster):
    [line] = cluster.batch().kubectl([await template_plan(cluster, "33M")])
    assert line.endswith(
        """-n shop patch deployment checkout -p '{"spec": {"template": {"metadata": {"annotations": """
        """{"kubernetes.io/egress-bandwidth": "33M"}}}}}'"""
    )
    [line] = cluster.batch().kubectl([await template_plan(cluster, None)])
    assert "null" in line


async def test_pods_in_their_nodes_network_have_no_template_to_edit(cluster: Cluster):
    plan = await cluster.plan("33M", pod=(await pods_named(cluster, "node-exporter"))[0], namespace="monitoring")
    with pytest.raises(NoTemplate, match="no limit can apply to them"):
        await cluster.editor().plan_template(plan)


async def test_a_pod_that_nothing_owns_has_no_template(cluster: Cluster):
    with pytest.raises(NoTemplate, match="nothing owns pod default/netperf-server"):
        await cluster.editor().plan_template(await cluster.plan("33M"))


@pytest.mark.parametrize(
    ("owners", "said"),
    [
        (("Job/import-1",), "the template of Job/import-1 cannot change any more"),
        (("ReplicaSet/web-7d", "Rollout/web"), "does not know the template of Rollout/web"),
    ],
)
async def test_what_has_no_template_that_could_change_is_told(cluster: Cluster, owners: tuple[str, ...], said: str):
    pod = (await cluster.plan("33M")).pod
    with pytest.raises(NoTemplate, match=said):
        await find_template(cluster.api, pod, owners)


@pytest.mark.parametrize(
    ("kind", "spec", "effect", "rolls"),
    [
        ("Deployment", {"replicas": 1}, "its pod will be rolled: replaced step by step", True),
        ("Deployment", {"replicas": 2, "paused": True},
         "it is paused: its 2 pods will be rolled when it is resumed", False),
        ("Deployment", {"strategy": {"type": "Recreate"}}, "its pods will be ended all at once and made anew", True),
        ("StatefulSet", {"replicas": 3}, "its 3 pods will be rolled: replaced one by one", True),
        ("StatefulSet", {"updateStrategy": {"type": "OnDelete"}},
         "its pods keep their limit, each until it is deleted", False),
        ("StatefulSet", {"updateStrategy": {"type": "RollingUpdate", "rollingUpdate": {"partition": 2}}},
         "its pods from number 2 on will be rolled: replaced one by one", True),
        ("DaemonSet", {"updateStrategy": {"type": "RollingUpdate", "rollingUpdate": {"maxUnavailable": 1}}},
         "its pods will be rolled: replaced one by one", True),
        ("ReplicaSet", {}, "its pods keep their limit; those that it makes from now on get the new one", False),
        ("CronJob", {}, "pods that run keep their limit; its next Job gets the new one", False),
    ],
)  # fmt: skip
def test_what_the_change_does_to_the_pods_is_said(kind, spec, effect, rolls):
    body = {"metadata": {"name": "web", "namespace": "shop", "uid": "1"}, "spec": spec}
    template = read_template(json.dumps(body).encode(), kind=kind, path="/x")
    assert (template.effect, template.rolls) == (effect, rolls)
    assert template.holder.bare


@pytest.mark.parametrize(
    ("labels", "who"),
    [({"app.kubernetes.io/managed-by": "Helm"}, "Helm"), ({"argocd.argoproj.io/instance": "shop"}, "Argo CD")],
)
def test_who_may_undo_it_is_named(labels, who):
    body = {"metadata": {"name": "web", "namespace": "shop", "uid": "1", "labels": labels}, "spec": {}}
    effect = read_template(json.dumps(body).encode(), kind="Deployment", path="/x").effect
    assert effect.endswith(f"; {who} manages it and may put its own value back")


def test_the_annotations_of_a_cron_jobs_template_are_found():
    metadata = {"annotations": {EGRESS_BANDWIDTH: "5M"}}
    spec = {"jobTemplate": {"spec": {"template": {"metadata": metadata}}}}
    body = {"metadata": {"name": "nightly", "namespace": "batch", "uid": "1"}, "spec": spec}
    assert read_template(json.dumps(body).encode(), kind="CronJob", path="/x").holder.annotation == "5M"


async def test_the_owner_does_not_matter_to_a_pod_read_for_an_edit(cluster: Cluster):
    path = f"/api/v1/namespaces/shop/pods/{(await pods_of(cluster, 'checkout'))[0]}"
    found = read_found_pod(await cluster.api.get(path), path=path)
    assert (found.holder.kind, found.holder.path, found.holder.uid) == ("Pod", path, found.pod.uid)
    assert REMOVAL.annotation is None
