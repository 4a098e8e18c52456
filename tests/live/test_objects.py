"""The indexes beside the objects follow every way in which a pod can change."""

from bwtop.live import feeds
from bwtop.live.objects import Dirty, Objects
from live.things import node, pod


def objects() -> Objects:
    return Objects(Dirty(), lambda key, at: None)


def test_pods_that_ask_for_a_limit_are_counted_by_node() -> None:
    known = objects()
    known.put_pod(pod("a", annotation="10M"), news=False)
    known.put_pod(pod("b", annotation=""), news=False)
    known.put_pod(pod("a", annotation="20M"), news=True)
    assert known.annotated["n1"] == 1
    known.put_pod(pod("a", node="n2", annotation="20M"), news=True)
    assert (known.annotated["n1"], known.annotated["n2"]) == (0, 1)
    known.put_pod(pod("a", node="n2"), news=True)
    known.put_pod(pod("c", node="n2", annotation="5M"), news=True)
    known.drop_pod("default/c")
    assert known.annotated["n2"] == 0


def test_a_list_under_way_says_how_many_objects_it_will_bring() -> None:
    known = objects()
    feed = feeds.pod_feed(known, now=0.0)
    feed.listing([pod("a"), pod("b")], 7)
    assert feed.expected == 9
    feed.listing([pod("b"), pod("c")], None)
    assert feed.expected is None


def test_a_node_at_an_address_that_many_share_touches_the_one_that_had_it_and_no_other() -> None:
    known = objects()
    for number in range(5):
        known.put_pod(pod(f"p{number}", node=f"n{number}"), news=False)
        known.put_node(node(f"n{number}", f"10.0.0.{number}", "127.0.0.1"))
    known.dirty.pods.clear()
    known.put_pod(pod("p5", node="n5"), news=False)
    known.put_node(node("n5", "10.0.0.5", "127.0.0.1"))
    assert known.dirty.pods == {"default/p4", "default/p5"}
    assert known.node_name("127.0.0.1") == "n5"
    known.drop_node("n5")
    assert known.node_name("127.0.0.1") == "n4"
