import pytest

from bwtop.demo.errors import StatusError
from bwtop.demo.kinds import CILIUM_NODES, PODS
from bwtop.demo.selectors import field_selector, label_selector
from bwtop.demo.store import Stored

POD = Stored("shop", "cart-1", 7, {"app": "cart", "tier": "web"}, "node-a", "Running", "10.0.0.1", b"{}")


@pytest.mark.parametrize(
    ("text", "selected"),
    [
        ("", True),
        ("app=cart", True),
        ("app==cart,tier=web", True),
        ("app=cart,tier=db", False),
        ("app!=cart", False),
        ("other!=x", True),
        ("app in (cart, checkout),tier", True),
        ("app notin (cart)", False),
        ("other notin (x)", True),
        ("!app", False),
        ("!other", True),
        ("other", False),
    ],
)
def test_labels_select_as_kubernetes_reads_them(text: str, selected: bool) -> None:
    assert label_selector(text)(POD) is selected


@pytest.mark.parametrize(
    ("text", "selected"),
    [
        ("metadata.name=cart-1", True),
        ("metadata.namespace!=shop", False),
        ("spec.nodeName=node-a,status.phase!=Pending", True),
        ("status.phase=Pending", False),
        ("spec.nodeName=", False),
    ],
)
def test_fields_select_as_kubernetes_reads_them(text: str, selected: bool) -> None:
    assert field_selector(text, PODS)(POD) is selected


def test_a_field_that_a_kind_cannot_be_asked_by_is_refused() -> None:
    with pytest.raises(StatusError, match=r"field label not supported: spec\.nodeName"):
        field_selector("spec.nodeName=a", CILIUM_NODES)


def test_a_selector_that_makes_no_sense_is_refused() -> None:
    with pytest.raises(StatusError, match="unable to parse requirement"):
        label_selector("a in b")
