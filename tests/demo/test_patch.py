from typing import Any

import pytest

from bwtop.demo.errors import StatusError
from bwtop.demo.patch import apply_json_patch, merged

POD = {"metadata": {"name": "a", "annotations": {"x/y": "1"}}, "list": [1, 2, 3]}


@pytest.mark.parametrize(
    ("operation", "expected"),
    [
        ({"op": "add", "path": "/metadata/annotations/z", "value": "2"}, {"x/y": "1", "z": "2"}),
        ({"op": "replace", "path": "/metadata/annotations/x~1y", "value": "2"}, {"x/y": "2"}),
        ({"op": "remove", "path": "/metadata/annotations/x~1y"}, {}),
        ({"op": "test", "path": "/metadata/annotations/x~1y", "value": "1"}, {"x/y": "1"}),
        ({"op": "test", "path": "/metadata/annotations/none", "value": None}, {"x/y": "1"}),
        ({"op": "copy", "from": "/metadata/name", "path": "/metadata/annotations/n"}, {"x/y": "1", "n": "a"}),
    ],
)
def test_json_patch_changes_a_copy(operation: dict[str, Any], expected: dict[str, str]) -> None:
    assert apply_json_patch(POD, [operation])["metadata"]["annotations"] == expected
    assert POD["metadata"] == {"name": "a", "annotations": {"x/y": "1"}}


def test_json_patch_reaches_into_lists() -> None:
    operations = [{"op": "add", "path": "/list/-", "value": 4}, {"op": "remove", "path": "/list/0"}]
    assert apply_json_patch(POD, operations)["list"] == [2, 3, 4]


@pytest.mark.parametrize(
    "operation",
    [
        {"op": "test", "path": "/metadata/name", "value": "b"},
        {"op": "test", "path": "/metadata/none", "value": "b"},
        {"op": "remove", "path": "/metadata/none"},
        {"op": "replace", "path": "/metadata/none", "value": "b"},
        {"op": "add", "path": "/none/x", "value": 1},
        {"op": "add", "path": "/list/9", "value": 1},
        {"op": "nonsense", "path": "/list"},
    ],
)
def test_a_patch_that_does_not_apply_is_refused_without_saying_why(operation: dict[str, Any]) -> None:
    with pytest.raises(StatusError) as refused:
        apply_json_patch(POD, [operation])
    assert (refused.value.code, refused.value.details) == (422, {})
    assert refused.value.message == "the server rejected our request due to an error in our request"


def test_merge_patch_removes_what_is_null_and_keeps_the_rest() -> None:
    patch = {"metadata": {"annotations": {"x/y": None, "z": "2"}}}
    assert merged(POD, patch) == {"metadata": {"name": "a", "annotations": {"z": "2"}}, "list": [1, 2, 3]}
