"""Lists, watches and patches: the demo cluster and a real kube-apiserver answer bwtop's client alike."""

import asyncio
import base64
import dataclasses
import json
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any

import pytest

from bwtop.kube.errors import ApiError
from bwtop.kube.reflector import EventType, Reflector
from bwtop.live.resources import PODS as POD_RESOURCE
from cluster.contract import ANNOTATION, ENDPOINTS, JSON_PATCH, MERGE_PATCH, PODS, ContractServer, Pods, Seen

ESCAPED = "/metadata/annotations/" + ANNOTATION.replace("/", "~1")


def page_of(answer: bytes) -> tuple[list[str], dict[str, Any]]:
    page = json.loads(answer)
    return [item["metadata"]["name"] for item in page["items"]], page["metadata"]


@asynccontextmanager
async def reflected(server: ContractServer, pods: Pods) -> AsyncIterator[Seen]:
    """What a running reflector sees of the test's own pods, listed once."""
    seen = Seen()
    reflector = Reflector(server.api(), POD_RESOURCE, seen, namespace="default", label_selector=pods.label)
    running = asyncio.create_task(reflector.run())
    try:
        await seen.until(lambda: seen.lists == 1)
        yield seen
    finally:
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)


# -- lists --------------------------------------------------------------------------------------------------------
async def test_a_list_comes_in_pages_of_one_version(server: ContractServer, pods: Pods) -> None:
    made = {await pods.make() for _ in range(5)}
    api, found, versions = server.api(), [], set()
    params = [("limit", "2"), ("labelSelector", pods.label)]
    names, meta = page_of(await api.get(PODS, params))
    sizes = [len(names)]
    while meta.get("continue"):
        found += names
        versions.add(meta["resourceVersion"])
        names, meta = page_of(await api.get(PODS, [*params, ("continue", meta["continue"])]))
        sizes.append(len(names))
    assert sizes == [2, 2, 1]
    assert set(found + names) == made
    assert versions | {meta["resourceVersion"]} == versions


async def test_a_page_says_how_many_objects_follow_it(server: ContractServer, pods: Pods) -> None:
    for _ in range(3):
        await pods.make()
    whole, _ = page_of(await server.api().get(PODS))
    names, meta = page_of(await server.api().get(PODS, [("limit", "2")]))
    assert meta["remainingItemCount"] == len(whole) - len(names)


async def test_a_continue_token_that_is_too_old_is_answered_410(server: ContractServer) -> None:
    _, meta = page_of(await server.api().get(ENDPOINTS, [("limit", "1")]))
    server.compact()
    with pytest.raises(ApiError) as refused:
        await server.api().get(ENDPOINTS, [("limit", "1"), ("continue", outdated(meta["continue"]))])
    assert (refused.value.code, refused.value.reason, refused.value.expired) == (410, "Expired", True)


def outdated(token: str) -> str:
    """A real server goes on from snapshots of the last minute's lists: its token is made older than those."""
    content = base64.urlsafe_b64decode(token + "==")
    if b'"rv"' not in content:
        return token
    return base64.urlsafe_b64encode(json.dumps(json.loads(content) | {"rv": 1}).encode()).decode().rstrip("=")


async def test_the_reflector_lists_every_page(server: ContractServer, pods: Pods) -> None:
    made = {await pods.make() for _ in range(5)}
    paged = dataclasses.replace(POD_RESOURCE, page_size=2)
    reflector = Reflector(server.api(), paged, Seen(), namespace="default", label_selector=pods.label)
    assert {pod.name for pod in (await reflector.list()).values()} == made


async def test_labels_and_fields_select(server: ContractServer, pods: Pods) -> None:
    red, blue = await pods.make(colour="red"), await pods.make(colour="blue")
    api = server.api()

    async def select(label: str, field: str = "") -> set[str]:
        names, _ = page_of(await api.get(PODS, [("labelSelector", f"{pods.label},{label}"), ("fieldSelector", field)]))
        return set(names)

    assert await select("colour=red") == {red}
    assert await select("colour!=red") == {blue}
    assert await select("colour in (red,green)") == {red}
    assert await select("!colour") == set()
    assert await select("colour", f"metadata.name={blue}") == {blue}
    assert await select("colour", "status.phase!=Succeeded,status.phase!=Failed") == {red, blue}
    assert await select("colour", "spec.nodeName=nowhere") == set()


# -- watches ------------------------------------------------------------------------------------------------------
async def test_a_watch_brings_what_is_made_changed_and_deleted(server: ContractServer, pods: Pods) -> None:
    async with reflected(server, pods) as seen:
        name = await pods.make()
        await seen.until(lambda: (EventType.ADDED, name) in seen.events)
        await pods.annotate(name, "25M")
        await seen.until(lambda: any(pod.annotation == "25M" for pod in seen.pods.values()))
        assert (EventType.MODIFIED, name) in seen.events
        await pods.delete(name)
        await seen.until(lambda: (EventType.DELETED, name) in seen.events)
        assert seen.pods == {}
        assert seen.lists == 1


async def test_what_leaves_the_selection_is_deleted_from_the_watch(server: ContractServer, pods: Pods) -> None:
    name = await pods.make()
    key = pods.label.partition("=")[0]
    async with reflected(server, pods) as seen:
        await pods.patch(name, {"metadata": {"labels": {key: None}}}, content_type=MERGE_PATCH)
        await seen.until(lambda: (EventType.DELETED, name) in seen.events)


async def test_a_watch_goes_on_from_the_version_of_the_list(server: ContractServer, pods: Pods) -> None:
    _, meta = page_of(await server.api().get(PODS, [("labelSelector", pods.label)]))
    name = await pods.make()
    params = [("watch", "1"), ("labelSelector", pods.label), ("resourceVersion", meta["resourceVersion"])]
    async for event in _events(server, PODS, params):
        assert (event["type"], event["object"]["metadata"]["name"]) == ("ADDED", name)
        break


async def test_a_watch_that_ends_sends_a_bookmark_to_go_on_from(server: ContractServer, pods: Pods) -> None:
    _, meta = page_of(await server.api().get(PODS, [("labelSelector", pods.label)]))
    params = [
        ("watch", "1"), ("allowWatchBookmarks", "true"), ("timeoutSeconds", "4"),
        ("labelSelector", pods.label), ("resourceVersion", meta["resourceVersion"]),
    ]  # fmt: skip
    events = [event async for event in _events(server, PODS, params, opened=pods.make)]
    bookmarks = [event["object"]["metadata"] for event in events if event["type"] == "BOOKMARK"]
    assert {"ADDED", "BOOKMARK"} <= {event["type"] for event in events}
    assert bookmarks[-1]["resourceVersion"] == events[-1]["object"]["metadata"]["resourceVersion"]
    assert "name" not in bookmarks[-1]


async def test_a_watch_from_a_version_that_is_too_old_is_told_410(server: ContractServer) -> None:
    server.compact()
    refused: dict[str, Any] = {}
    try:
        async for event in _events(server, ENDPOINTS, [("watch", "1"), ("resourceVersion", "1")]):
            assert event["type"] == "ERROR"
            refused = event["object"]
            break
    except ApiError as error:
        refused = {"code": error.code, "reason": error.reason}
    assert refused["code"] == 410
    assert refused["reason"] in ("Expired", "Gone")


async def _events(
    server: ContractServer,
    path: str,
    params: list[tuple[str, str]],
    *,
    opened: Callable[[], Awaitable[object]] | None = None,
) -> AsyncGenerator[dict[str, Any], None]:
    """All events until the watch ends; `opened` is called as soon as it is open."""
    async with asyncio.timeout(10), server.api().stream(path, params) as response:
        if opened:
            await opened()
        async for line in response.content:
            yield json.loads(line)


# -- writes -------------------------------------------------------------------------------------------------------
async def test_a_json_patch_whose_test_fails_changes_nothing(server: ContractServer, pods: Pods) -> None:
    name = await pods.make(annotations={ANNOTATION: "10M"})
    guarded = [{"op": "test", "path": ESCAPED, "value": "20M"}, {"op": "replace", "path": ESCAPED, "value": "30M"}]
    with pytest.raises(ApiError) as refused:
        await pods.patch(name, guarded, content_type=JSON_PATCH)
    assert (refused.value.code, refused.value.reason) == (422, "Invalid")
    assert (await pods.get(name))["metadata"]["annotations"][ANNOTATION] == "10M"


async def test_a_json_patch_whose_test_holds_is_applied(server: ContractServer, pods: Pods) -> None:
    name = await pods.make(annotations={ANNOTATION: "10M"})
    guarded = [{"op": "test", "path": ESCAPED, "value": "10M"}, {"op": "replace", "path": ESCAPED, "value": "30M"}]
    answer = await pods.patch(name, guarded, content_type=JSON_PATCH)
    assert answer["metadata"]["annotations"][ANNOTATION] == "30M"


async def test_a_merge_patch_changes_one_annotation_and_keeps_the_others(server: ContractServer, pods: Pods) -> None:
    name = await pods.make(annotations={ANNOTATION: "10M", "owner": "shop"})
    await pods.annotate(name, "20M")
    assert (await pods.get(name))["metadata"]["annotations"] == {ANNOTATION: "20M", "owner": "shop"}
    await pods.annotate(name, None)
    assert (await pods.get(name))["metadata"]["annotations"] == {"owner": "shop"}


async def test_a_dry_run_answers_with_the_change_and_does_not_make_it(server: ContractServer, pods: Pods) -> None:
    name = await pods.make(annotations={ANNOTATION: "10M"})
    body = {"metadata": {"annotations": {ANNOTATION: "20M"}}}
    answer = await pods.patch(name, body, content_type=MERGE_PATCH, params=[("dryRun", "All")])
    assert answer["metadata"]["annotations"][ANNOTATION] == "20M"
    assert (await pods.get(name))["metadata"]["annotations"][ANNOTATION] == "10M"


async def test_a_patch_of_an_older_version_conflicts(server: ContractServer, pods: Pods) -> None:
    name = await pods.make()
    old = (await pods.get(name))["metadata"]["resourceVersion"]
    await pods.annotate(name, "10M")
    body = {"metadata": {"resourceVersion": old, "annotations": {ANNOTATION: "20M"}}}
    with pytest.raises(ApiError) as refused:
        await pods.patch(name, body, content_type=MERGE_PATCH)
    assert (refused.value.code, refused.value.reason) == (409, "Conflict")


async def test_making_the_same_pod_twice_conflicts(server: ContractServer, pods: Pods) -> None:
    name = await pods.make()
    body = {"metadata": {"name": name}, "spec": {"containers": [{"name": "app", "image": "registry.example/app:1"}]}}
    with pytest.raises(ApiError) as refused:
        await server.api().send("POST", PODS, json.dumps({"apiVersion": "v1", "kind": "Pod"} | body).encode())
    assert (refused.value.code, refused.value.reason) == (409, "AlreadyExists")
