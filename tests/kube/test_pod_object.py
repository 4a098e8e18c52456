"""Why a pod does not run, in the words of who found it so."""

from typing import Any

import msgspec

from bwtop.kube.pod_object import PodObject, decode_pod


def pod(**status: Any) -> PodObject:
    return decode_pod(msgspec.json.encode({"metadata": {"name": "web"}, "spec": {}, "status": status}))


def waits(reason: str, message: str = "") -> dict[str, Any]:
    return {"name": "one", "state": {"waiting": {"reason": reason, "message": message}}}


def test_an_init_container_waits_before_the_others() -> None:
    found = pod(
        containerStatuses=[waits("PodInitializing")], initContainerStatuses=[waits("ErrImagePull", "no such tag")]
    )
    assert [str(reason) for reason in found.waiting] == ["ErrImagePull: no such tag", "PodInitializing"]
    assert found.progress == "ErrImagePull: no such tag"


def test_what_the_scheduler_says_comes_first() -> None:
    condition = {"type": "PodScheduled", "status": "False", "reason": "Unschedulable", "message": "0/2 nodes\x1b[31m"}
    found = pod(conditions=[{"type": "Ready", "status": "False"}, condition], containerStatuses=[waits("Other")])
    assert str(found.unscheduled) == "Unschedulable: 0/2 nodes\\x1b[31m"
    assert found.progress == "not scheduled: 0/2 nodes\\x1b[31m"


def test_of_a_pod_that_runs_nothing_is_said() -> None:
    found = pod(phase="Running", conditions=[{"type": "PodScheduled", "status": "True"}], containerStatuses=None)
    assert (list(found.waiting), found.unscheduled, found.stopped) == ([], None, "")
