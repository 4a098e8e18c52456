import pytest

from bwtop.kube.target import read_target


@pytest.mark.parametrize(
    ("method", "path", "words", "can_i"),
    [
        ("GET", "/api/v1/pods", "list pods", "auth can-i list pods -A"),
        ("GET", "/api/v1/namespaces/shop/pods", "list pods in shop", "auth can-i list pods -n shop"),
        ("GET", "/api/v1/namespaces/shop/pods/a", "get pods a in shop", "auth can-i get pods -n shop"),
        ("GET", "/api/v1/namespaces", "list namespaces", "auth can-i list namespaces -A"),
        ("GET", "/api/v1/namespaces/shop", "get namespaces shop", "auth can-i get namespaces"),
        (
            "POST",
            "/api/v1/namespaces/shop/pods/a/exec",
            "create pods/exec a in shop",
            "auth can-i create pods/exec -n shop",
        ),
        (
            "PATCH",
            "/apis/apps/v1/namespaces/shop/deployments/d",
            "patch deployments d in shop",
            "auth can-i patch deployments -n shop",
        ),
        ("GET", "/apis/cilium.io/v2/ciliumnodes", "list ciliumnodes", "auth can-i list ciliumnodes -A"),
        ("GET", "/readyz", "get /readyz", "auth can-i get /readyz"),
    ],
)
def test_a_request_is_told_in_the_words_of_rbac(method: str, path: str, words: str, can_i: str) -> None:
    target = read_target(method, path)
    assert (str(target), target.can_i) == (words, can_i)


def test_a_watch_is_told_from_a_list() -> None:
    assert read_target("GET", "/api/v1/pods", [("watch", "1")]).verb == "watch"
