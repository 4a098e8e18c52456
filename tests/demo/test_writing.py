from typing import Any

import pytest

from bwtop.demo.world import World
from demo.client import JSON_PATCH, LIMIT, MERGE_PATCH, PODS, SERVER, Client
from demo.clocks import FastClock

POINTER = "/metadata/annotations/kubernetes.io~1egress-bandwidth"
POD = {"metadata": {"name": "probe"}, "spec": {"containers": [{"name": "probe", "image": "cilium/netperf"}]}}


async def annotation(client: Client) -> str | None:
    _, pod = await client.get(SERVER)
    return pod["metadata"].get("annotations", {}).get(LIMIT)


async def test_a_merge_patch_changes_one_annotation_and_the_version(client: Client) -> None:
    _, before = await client.get(SERVER)
    code, after = await client.limit("50M")
    assert (code, after["metadata"]["annotations"]) == (200, {LIMIT: "50M"})
    assert int(after["metadata"]["resourceVersion"]) > int(before["metadata"]["resourceVersion"])
    await client.limit(None)
    assert await annotation(client) is None


async def test_a_patch_that_changes_nothing_makes_no_new_version(client: Client) -> None:
    _, before = await client.get(SERVER)
    _, after = await client.limit("10M")
    assert after == before


async def test_a_json_patch_tests_the_old_value(client: Client) -> None:
    def patch(old: str, new: str) -> list[dict[str, str]]:
        return [
            {"op": "test", "path": POINTER, "value": old},
            {"op": "replace", "path": POINTER, "value": new},
        ]

    assert (await client.send("PATCH", SERVER, patch("10M", "20M"), media=JSON_PATCH))[0] == 200
    code, status = await client.send("PATCH", SERVER, patch("10M", "30M"), media=JSON_PATCH)
    assert (code, status["reason"]) == (422, "Invalid")
    assert status["message"] == "the server rejected our request due to an error in our request"
    assert await annotation(client) == "20M"


async def test_another_resource_version_is_a_conflict(client: Client) -> None:
    body = {"metadata": {"resourceVersion": "1", "annotations": {LIMIT: "20M"}}}
    code, status = await client.send("PATCH", SERVER, body, media=MERGE_PATCH)
    assert (code, status["reason"]) == (409, "Conflict")
    assert status["message"].startswith('Operation cannot be fulfilled on pods "netperf-server": the object has been')


async def test_a_dry_run_answers_and_changes_nothing(client: Client) -> None:
    _, before = await client.get(SERVER)
    code, after = await client.limit("50M", dryRun="All")
    assert (code, after["metadata"]["annotations"][LIMIT]) == (200, "50M")
    assert (await client.get(SERVER))[1] == before
    assert (await client.send("POST", PODS, POD, dryRun="All"))[0] == 201
    assert (await client.get(f"{PODS}/probe"))[0] == 404
    assert (await client.limit("50M", dryRun="Some"))[0] == 422


async def test_the_manager_of_a_field_is_tracked(client: Client) -> None:
    await client.limit("50M", fieldManager="bwtop")
    _, pod = await client.limit("60M", fieldManager="kubectl-annotate")
    owned = {entry["manager"]: entry["fieldsV1"] for entry in pod["metadata"]["managedFields"]}
    assert owned == {"kubectl-annotate": {"f:metadata": {"f:annotations": {f"f:{LIMIT}": {}}}}}


@pytest.mark.parametrize(
    ("body", "code", "said"),
    [
        ({"metadata": {"annotations": {LIMIT: 10}}}, 400, "cannot unmarshal number into Go struct field"),
        ({"metadata": {"annotations": {"big": "x" * 262_200}}}, 422, "Too long: may not be more than 262144 bytes"),
        ({"metadata": {"annotations": "none"}}, 400, "cannot unmarshal string into Go struct field"),
        ({"metadata": None}, 422, "metadata: Required value"),
        ({"spec": "nothing"}, 400, "cannot unmarshal string into Go struct field .spec"),
        ({"metadata": {"name": "other"}}, 400, "does not match the name on the URL"),
        ({"spec": {"nodeName": "elsewhere"}}, 422, "Forbidden: pod updates may not change fields other than"),
    ],
)
async def test_what_kubernetes_refuses_is_refused(client: Client, body: Any, code: int, said: str) -> None:
    answered, status = await client.send("PATCH", SERVER, body, media=MERGE_PATCH)
    assert (answered, said in status["message"]) == (code, True), status["message"]


@pytest.mark.parametrize(
    ("body", "code", "said"),
    [
        ({"metadata": {"name": "x"}, "spec": {"containers": []}}, 422, "spec.containers: Required value"),
        ({"metadata": {"name": "x"}, "spec": {"containers": [{"name": "x"}]}}, 422, "containers[0].image: Required"),
        ({"spec": {"containers": [{"name": "x", "image": "y"}]}}, 422, "name or generateName is required"),
        ([], 400, "the object provided is unrecognized"),
    ],
)
async def test_a_pod_that_lacks_something_is_refused(client: Client, body: Any, code: int, said: str) -> None:
    answered, status = await client.send("POST", PODS, body)
    assert (answered, said in status["message"]) == (code, True), status["message"]


async def test_an_unknown_patch_type_is_not_accepted(client: Client) -> None:
    code, status = await client.send("PATCH", SERVER, {}, media="application/apply-patch+yaml")
    assert (code, status["reason"]) == (415, "UnsupportedMediaType")


async def test_a_pod_that_is_made_runs_after_a_moment(client: Client) -> None:
    async with client.watch(PODS, fieldSelector="metadata.name=probe") as watch:
        assert (await client.send("POST", PODS, POD))[0] == 201
        phases = []
        while not phases or phases[-1] != "Running":
            _, pod = await watch.next()
            phases.append(pod["status"]["phase"])
    assert phases == ["Pending", "Pending", "Running"]
    _, endpoint = await client.get("/apis/cilium.io/v2/namespaces/default/ciliumendpoints/probe")
    assert endpoint["status"]["networking"]["addressing"][0]["ipv4"] == pod["status"]["podIP"]
    assert (await client.send("POST", PODS, POD))[1]["reason"] == "AlreadyExists"


async def test_anti_affinity_keeps_a_pod_off_a_node(client: Client, world: World) -> None:
    term = {
        "labelSelector": {"matchLabels": {"app.kubernetes.io/name": "netperf-server"}},
        "topologyKey": "kubernetes.io/hostname",
    }
    affinity = {"podAntiAffinity": {"requiredDuringSchedulingIgnoredDuringExecution": [term]}}
    body = {**POD, "spec": {**POD["spec"], "affinity": affinity}}
    async with client.watch(PODS, fieldSelector="metadata.name=probe,spec.nodeName!=") as watch:
        await client.send("POST", PODS, body)
        assert (await watch.next())[1]["spec"]["nodeName"] == "ip-192-168-50-201.ec2.internal"


async def test_a_pod_ends_at_its_deadline(client: Client, clock: FastClock) -> None:
    body = {**POD, "spec": {**POD["spec"], "activeDeadlineSeconds": 30}}
    async with client.watch(PODS, fieldSelector="metadata.name=probe,status.phase!=Pending") as watch:
        await client.send("POST", PODS, body)
        assert (await watch.next())[1]["status"]["phase"] == "Running"
        clock.forward(30)
        _, pod = await watch.next()
    assert (pod["status"]["phase"], pod["status"]["reason"]) == ("Failed", "DeadlineExceeded")


async def test_a_deleted_pod_terminates_and_is_replaced_by_its_owner(client: Client) -> None:
    path = "/api/v1/namespaces/shop/pods"
    _, listed = await client.get(path, labelSelector="app=cart")
    victim = listed["items"][0]["metadata"]
    since = listed["metadata"]["resourceVersion"]
    async with client.watch(path, labelSelector="app=cart", resourceVersion=since) as watch:
        code, told = await client.send("DELETE", f"{path}/{victim['name']}", {})
        assert (code, "deletionTimestamp" in told["metadata"]) == (200, True)
        events = [await watch.next() for _ in range(3)]
    assert [(kind, pod["metadata"]["name"] == victim["name"]) for kind, pod in events] == [
        ("MODIFIED", True),
        ("DELETED", True),
        ("ADDED", False),
    ]
    assert events[2][1]["metadata"]["ownerReferences"] == victim["ownerReferences"]


async def test_deleting_with_another_uid_is_a_conflict(client: Client) -> None:
    code, status = await client.send("DELETE", SERVER, {"preconditions": {"uid": "somebody-else"}})
    assert (code, status["reason"]) == (409, "Conflict")


async def test_an_owners_pods_get_the_templates_annotation_back(client: Client, world: World) -> None:
    path = "/api/v1/namespaces/monitoring/pods"
    body = {"metadata": {"annotations": {LIMIT: "3G"}}}
    await client.send("PATCH", f"{path}/prometheus-0", body, media=MERGE_PATCH)
    async with client.watch(path, fieldSelector="metadata.name=prometheus-0,status.phase=Pending") as watch:
        await client.send("DELETE", f"{path}/prometheus-0", {}, gracePeriodSeconds=0)
        assert (await watch.next())[1]["metadata"]["annotations"] == {LIMIT: "1G"}
