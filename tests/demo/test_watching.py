import aiohttp
import pytest

from bwtop.demo.kinds import PODS as POD_KIND
from bwtop.demo.server import DemoServer
from bwtop.demo.world import World
from demo.client import LIMIT, PODS, Client, Watch

ALL = "/api/v1/pods"
SERVER = "default", "netperf-server"


async def version(client: Client) -> str:
    return str((await client.get(ALL, limit=1))[1]["metadata"]["resourceVersion"])


async def test_a_watch_goes_on_where_the_list_ended(client: Client, world: World) -> None:
    since = await version(client)
    world.annotate(*SERVER, "20M")
    async with client.watch(ALL, resourceVersion=since) as watch:
        kind, pod = await watch.next()
        assert (kind, pod["kind"], pod["metadata"]["annotations"]) == ("MODIFIED", "Pod", {LIMIT: "20M"})
        world.annotate(*SERVER, "30M")
        _, later = await watch.next()
        assert later["metadata"]["annotations"] == {LIMIT: "30M"}
        assert int(later["metadata"]["resourceVersion"]) > int(pod["metadata"]["resourceVersion"])
        world.store.delete(POD_KIND, *SERVER)
        assert (await watch.next())[0] == "DELETED"


async def test_a_watch_without_a_version_begins_with_everything(client: Client) -> None:
    async with client.watch(PODS) as watch:
        events = [await watch.next() for _ in range(2)]
    assert [(kind, pod["metadata"]["name"]) for kind, pod in events] == [
        ("ADDED", "netperf-client"),
        ("ADDED", "netperf-server"),
    ]


async def test_a_watch_list_says_when_everything_has_come(client: Client) -> None:
    query = {"sendInitialEvents": "true", "resourceVersionMatch": "NotOlderThan", "allowWatchBookmarks": "true"}
    async with client.watch(PODS, **query) as watch:
        events = [await watch.next() for _ in range(3)]
    assert [kind for kind, _ in events] == ["ADDED", "ADDED", "BOOKMARK"]
    assert events[2][1]["metadata"]["annotations"] == {"k8s.io/initial-events-end": "true"}


async def test_objects_that_leave_or_enter_a_selection_are_deleted_or_added(client: Client, world: World) -> None:
    since = await version(client)
    async with client.watch(PODS, resourceVersion=since, labelSelector="mark=on") as watch:
        for value in ("on", None):
            body = {"metadata": {"labels": {"mark": value}}}
            await client.send("PATCH", f"{PODS}/netperf-client", body, media="application/merge-patch+json")
        assert [(await watch.next())[0] for _ in range(2)] == ["ADDED", "DELETED"]


async def test_a_namespaced_watch_sees_its_namespace_alone(client: Client, world: World) -> None:
    since = await version(client)
    async with client.watch("/api/v1/namespaces/shop/pods", resourceVersion=since) as watch:
        world.annotate(*SERVER, "20M")
        world.annotate("shop", "postgres-0", "20M")
        assert (await watch.next())[1]["metadata"]["name"] == "postgres-0"


async def test_bookmarks_tell_the_newest_version(server: DemoServer, client: Client, world: World) -> None:
    server.watches.bookmark_every = 0.05
    since = await version(client)
    async with client.watch("/api/v1/nodes", resourceVersion=since, allowWatchBookmarks="true") as watch:
        world.annotate(*SERVER, "20M")
        kind, bookmark = await watch.next()
    assert kind == "BOOKMARK"
    assert bookmark["kind"] == "Node"
    assert int(bookmark["metadata"]["resourceVersion"]) > int(since)


async def test_a_watch_ends_when_its_time_is_up(client: Client) -> None:
    async with client.watch(ALL, resourceVersion=await version(client), timeoutSeconds=1) as watch:
        with pytest.raises(EOFError):
            await watch.next()


async def test_versions_that_are_forgotten_are_gone(server: DemoServer, client: Client, world: World) -> None:
    since = await version(client)
    world.annotate(*SERVER, "20M")
    server.faults.compact()
    code, status = await client.get(ALL, watch="true", resourceVersion=since)
    assert (code, status["reason"]) == (410, "Expired")
    assert status["message"].startswith(f"too old resource version: {since}")


async def test_an_open_watch_can_expire(server: DemoServer, client: Client) -> None:
    async with client.watch(ALL, resourceVersion=await version(client)) as watch:
        assert server.faults.expire_watches() == 1
        kind, status = await watch.next()
        assert (kind, status["code"], status["reason"]) == ("ERROR", 410, "Expired")
        with pytest.raises(EOFError):
            await watch.next()


async def test_an_open_watch_can_be_cut(server: DemoServer, client: Client) -> None:
    async with client.watch(ALL, resourceVersion=await version(client)) as watch:
        assert server.faults.cut_watches("*/pods") == 1
        with pytest.raises(aiohttp.ClientPayloadError):
            await watch.next()


async def test_watches_that_are_left_are_forgotten(server: DemoServer, client: Client) -> None:
    async with client.watch(ALL, resourceVersion=await version(client)):
        assert len(server.watches) == 1
    async with client.watch("/api/v1/nodes", resourceVersion=await version(client), timeoutSeconds=1) as watch:
        with pytest.raises(EOFError):
            await watch.next()
    assert len(server.watches) == 0


async def test_a_version_of_the_future_is_too_large(client: Client) -> None:
    code, status = await client.get(ALL, resourceVersion="999999999")
    assert (code, status["reason"]) == (504, "Timeout")
    assert status["details"]["causes"][0]["reason"] == "ResourceVersionTooLarge"


async def test_a_table_watch_names_its_columns_once(client: Client, world: World) -> None:
    accept = {"Accept": "application/json;as=Table;v=v1;g=meta.k8s.io"}
    async with client.session.get(PODS, params={"watch": "true"}, headers=accept) as response:
        watch = Watch(response)
        first, second = await watch.next(), await watch.next()
    assert [column["name"] for column in first[1]["columnDefinitions"]][:2] == ["Name", "Ready"]
    assert second[1]["columnDefinitions"] is None
    assert second[1]["rows"][0]["cells"][0] == "netperf-server"
