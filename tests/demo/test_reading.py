"""Lists, pages, tables and refusals of the demo API server, as they are on the wire."""

from typing import Any

import aiohttp
import pytest

from bwtop.demo.server import DemoServer
from bwtop.demo.world import World, load_world
from demo.client import LIMIT, PODS, SERVER, Client
from demo.clocks import FastClock

ALL = "/api/v1/pods"
TABLE = "application/json;as=Table;v=v1;g=meta.k8s.io,application/json"


def names(listed: dict[str, Any]) -> list[str]:
    return [item["metadata"]["name"] for item in listed["items"]]


async def test_the_article_is_served(client: Client) -> None:
    _, pod = await client.get(SERVER)
    assert pod["metadata"]["annotations"] == {LIMIT: "10M"}
    assert (pod["spec"]["nodeName"], pod["status"]["podIP"]) == ("ip-192-168-29-49.ec2.internal", "192.168.62.98")
    _, endpoint = await client.get("/apis/cilium.io/v2/namespaces/default/ciliumendpoints/netperf-server")
    assert (endpoint["status"]["id"], endpoint["status"]["identity"]["id"]) == (124, 11371)
    assert endpoint["status"]["networking"] == {"addressing": [{"ipv4": "192.168.62.98"}], "node": "192.168.29.49"}
    assert endpoint["metadata"]["ownerReferences"][0]["uid"] == pod["metadata"]["uid"]
    _, endpoint = await client.get("/apis/cilium.io/v2/namespaces/default/ciliumendpoints/netperf-client")
    assert (endpoint["status"]["id"], endpoint["status"]["identity"]["id"]) == (2011, 40890)


async def test_items_of_a_list_carry_their_kind_only_where_it_is_a_custom_resource(client: Client) -> None:
    _, pods = await client.get(ALL)
    assert (pods["kind"], pods["apiVersion"]) == ("PodList", "v1")
    assert "kind" not in pods["items"][0]
    _, endpoints = await client.get("/apis/cilium.io/v2/ciliumendpoints")
    assert endpoints["items"][0]["kind"] == "CiliumEndpoint"


async def test_pages_make_up_the_whole_list_in_order(client: Client) -> None:
    _, whole = await client.get(ALL)
    found, query, remaining = [], {}, []
    while True:
        _, page = await client.get(ALL, limit=7, **query)
        found += names(page)
        remaining.append(page["metadata"].get("remainingItemCount"))
        if not (token := page["metadata"].get("continue")):
            break
        query = {"continue": token}
    assert found == names(whole)
    assert remaining[0] == len(found) - 7
    assert remaining[-1] is None


async def test_all_pages_show_one_moment(client: Client, world: World) -> None:
    _, first = await client.get(ALL, limit=2)
    for name in ("netperf-client", "netperf-server"):
        world.store.delete(world.store.collections["pods"].kind, "default", name)
    _, rest = await client.get(ALL, **{"continue": first["metadata"]["continue"]})
    assert "netperf-server" in names(rest)
    assert rest["metadata"]["resourceVersion"] == first["metadata"]["resourceVersion"]
    assert "netperf-server" not in names((await client.get(ALL))[1])


async def test_a_page_token_can_be_too_old(client: Client, server: DemoServer) -> None:
    _, first = await client.get(ALL, limit=2)
    server.faults.compact()
    code, status = await client.get(ALL, **{"continue": first["metadata"]["continue"]})
    assert (code, status["reason"]) == (410, "Expired")
    code, status = await client.get(ALL, **{"continue": "nonsense"})
    assert (code, status["reason"]) == (400, "BadRequest")


async def test_resource_version_0_ignores_the_limit(client: Client) -> None:
    _, listed = await client.get(ALL, limit=2, resourceVersion="0")
    assert len(listed["items"]) > 20


async def test_selectors_narrow_a_list_and_hide_how_much_remains(client: Client) -> None:
    _, agents = await client.get(ALL, labelSelector="k8s-app=cilium", limit=1)
    assert "remainingItemCount" not in agents["metadata"]
    _, here = await client.get(ALL, fieldSelector="spec.nodeName=ip-192-168-29-49.ec2.internal")
    assert {pod["spec"]["nodeName"] for pod in here["items"]} == {"ip-192-168-29-49.ec2.internal"}
    code, status = await client.get("/api/v1/nodes", fieldSelector="spec.nodeName=x")
    assert (code, status["message"]) == (400, "field label not supported: spec.nodeName")


async def test_tables_have_kubectls_columns(client: Client) -> None:
    _, table = await client.get(PODS, accept=TABLE)
    shown = [column["name"] for column in table["columnDefinitions"] if not column["priority"]]
    assert shown == ["Name", "Ready", "Status", "Restarts", "Age"]
    assert table["rows"][1]["cells"][:4] == ["netperf-server", "1/1", "Running", "0"]
    assert table["rows"][1]["object"]["kind"] == "PartialObjectMetadata"


@pytest.mark.parametrize(
    ("version", "shown"),
    [
        (
            "1.13.18",
            "Name,Endpoint ID,Identity ID,Ingress Enforcement,Egress Enforcement,Visibility Policy,"
            "Endpoint State,IPv4,IPv6",
        ),
        ("1.16.6", "Name,Security Identity,Endpoint State,IPv4,IPv6"),
        ("1.18.4", "Name,Security Identity,Endpoint State,IPv4,IPv6"),
    ],
)
async def test_endpoint_columns_follow_the_cilium_version(version: str, shown: str, clock: FastClock) -> None:
    world = load_world("eks-chaining", clock=clock)
    world.spec.cilium["version"] = version
    async with DemoServer(world) as server, Client(server) as client:
        _, table = await client.get("/apis/cilium.io/v2/ciliumendpoints", accept=TABLE)
    assert ",".join(column["name"] for column in table["columnDefinitions"] if not column["priority"]) == shown


async def test_big_lists_are_compressed_for_clients_that_take_it(clock: FastClock) -> None:
    async with DemoServer(load_world("large", clock=clock)) as server, Client(server) as client:
        async with client.session.get(ALL, params={"limit": 500}, headers={"Accept-Encoding": "gzip"}) as response:
            assert response.headers["Content-Encoding"] == "gzip"
            assert len((await response.json())["items"]) == 500
        async with client.session.get(ALL, params={"limit": 500}, headers={"Accept-Encoding": "identity"}) as response:
            assert "Content-Encoding" not in response.headers


async def test_every_request_wants_the_token(server: DemoServer) -> None:
    async with Client(server, token="wrong") as stranger:
        code, status = await stranger.get("/version")
    assert code == 401
    assert (status["kind"], status["reason"], status["code"]) == ("Status", "Unauthorized", 401)


async def test_an_expired_token_is_refused_until_it_is_renewed(server: DemoServer, client: Client) -> None:
    server.faults.token_expired = True
    assert (await client.get(ALL))[0] == 401
    server.faults.token_expired = False
    assert (await client.get(ALL))[0] == 200


async def test_refusals_are_kubernetes_status_objects(client: Client) -> None:
    code, status = await client.get(f"{PODS}/nope")
    assert code == 404
    assert status == {
        "kind": "Status",
        "apiVersion": "v1",
        "metadata": {},
        "status": "Failure",
        "message": 'pods "nope" not found',
        "reason": "NotFound",
        "details": {"name": "nope", "kind": "pods"},
        "code": 404,
    }
    code, _ = await client.get("/api/v1/namespaces/default/configmaps/none")
    assert code == 404
    async with client.session.get("/apis/none.io/v1/things") as response:
        assert (response.status, await response.text()) == (404, "404 page not found\n")


async def test_injected_failures_hit_the_path_that_they_are_for(server: DemoServer, client: Client) -> None:
    server.faults.fail("*/pods", status=429, times=1, retry_after=2)
    assert (await client.get("/api/v1/nodes"))[0] == 200
    async with client.session.get(ALL) as response:
        assert (response.status, response.headers["Retry-After"]) == (429, "2")
    assert (await client.get(ALL))[0] == 200


async def test_a_slow_server_is_slow(server: DemoServer, client: Client) -> None:
    server.faults.delay("*/pods", seconds=30)
    with pytest.raises(TimeoutError):
        await client.session.get(ALL, timeout=aiohttp.ClientTimeout(total=0.2))
    server.faults.clear()
    assert (await client.get(ALL))[0] == 200


async def test_what_a_user_may_not_do_is_forbidden_in_rbacs_words(server: DemoServer, client: Client) -> None:
    code, status = await client.send("PATCH", SERVER, {}, media="application/merge-patch+json", user="demo-viewer")
    assert (code, status["message"]) == (
        403,
        'pods "netperf-server" is forbidden: User "demo-viewer" cannot patch resource "pods" in API group "" '
        'in the namespace "default"',
    )
    server.access.deny(verbs=["list"], resources=["ciliumendpoints"])
    code, status = await client.get("/apis/cilium.io/v2/ciliumendpoints")
    assert (code, status["message"]) == (
        403,
        'ciliumendpoints.cilium.io is forbidden: User "demo-admin" cannot list resource "ciliumendpoints" '
        'in API group "cilium.io" at the cluster scope',
    )


@pytest.mark.parametrize(("user", "allowed"), [("", True), ("demo-viewer", False), ("nobody", False)])
async def test_access_reviews_answer_what_the_server_does(user: str, allowed: bool, client: Client) -> None:
    asked = {"verb": "create", "resource": "pods", "subresource": "exec", "namespace": "kube-system"}
    body = {
        "kind": "SelfSubjectAccessReview",
        "apiVersion": "authorization.k8s.io/v1",
        "spec": {"resourceAttributes": asked},
    }
    code, review = await client.send("POST", "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews", body, user=user)
    assert code == 201
    assert review["status"]["allowed"] is allowed
