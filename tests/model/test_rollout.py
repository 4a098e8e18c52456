"""A rollout is done when its controller says so of the newest template, by kubectl's rules; what hinders it is told."""

from typing import Any

import pytest

from bwtop.model.rollout import RolloutProgress, rollout_progress

DEPLOYED = {"observedGeneration": 2, "replicas": 3, "updatedReplicas": 3, "availableReplicas": 3}
SET = {"observedGeneration": 2, "replicas": 3, "readyReplicas": 3, "updatedReplicas": 3, "availableReplicas": 3,
       "currentRevision": "b", "updateRevision": "b"}  # fmt: skip
DAEMONS = {"observedGeneration": 2, "desiredNumberScheduled": 3, "currentNumberScheduled": 3,
           "updatedNumberScheduled": 3, "numberAvailable": 3}  # fmt: skip
WHOLE = {"Deployment": DEPLOYED, "StatefulSet": SET, "DaemonSet": DAEMONS}


def progress(kind: str, status: dict[str, Any], **spec: object) -> RolloutProgress:
    return rollout_progress(kind, generation=2, spec={"replicas": 3, **spec}, status=status)


@pytest.mark.parametrize("kind", WHOLE)
def test_it_is_done_when_all_pods_are_new_and_available(kind: str) -> None:
    assert progress(kind, WHOLE[kind]).done


@pytest.mark.parametrize("kind", WHOLE)
@pytest.mark.parametrize("observed", [{"observedGeneration": 1}, {"observedGeneration": None}])
def test_numbers_of_the_template_before_are_not_taken_for_this_ones(kind: str, observed: dict[str, Any]) -> None:
    found = progress(kind, WHOLE[kind] | observed)
    assert not found.done
    assert str(found) == "its controller has not taken it up yet"


@pytest.mark.parametrize(
    ("kind", "behind"),
    [
        ("Deployment", {"updatedReplicas": 2}),
        ("Deployment", {"replicas": 4}),
        ("Deployment", {"availableReplicas": 2}),
        ("Deployment", {"updatedReplicas": None}),
        ("StatefulSet", {"updatedReplicas": 2}),
        ("StatefulSet", {"readyReplicas": 2}),
        ("StatefulSet", {"currentRevision": "a"}),
        ("DaemonSet", {"updatedNumberScheduled": 2}),
        ("DaemonSet", {"numberAvailable": 2}),
    ],
)
def test_it_is_not_done_before_every_number_is_there(kind: str, behind: dict[str, Any]) -> None:
    assert not progress(kind, WHOLE[kind] | behind).done


def test_a_partition_leaves_the_pods_below_it() -> None:
    strategy = {"rollingUpdate": {"partition": 2}}
    found = progress("StatefulSet", SET | {"updatedReplicas": 1, "currentRevision": "a"}, updateStrategy=strategy)
    assert (found.wanted, found.done) == (1, True)


def test_no_replicas_are_all_of_them() -> None:
    status = {"observedGeneration": 2}
    assert rollout_progress("Deployment", generation=2, spec={"replicas": 0}, status=status).done
    assert not rollout_progress("Deployment", generation=2, spec={}, status=status).done


def test_the_words_tell_what_is_still_missing() -> None:
    status = DEPLOYED | {"updatedReplicas": 2, "replicas": 3}
    assert str(progress("Deployment", status)) == "2 of 3 pods updated, 3 available, 1 old is still there"
    assert str(progress("Deployment", DEPLOYED)) == "3 of 3 pods updated, 3 available"


def condition(kind: str, status: str, reason: str, message: str) -> dict[str, Any]:
    found = {"type": kind, "status": status, "reason": reason, "message": message}
    return DEPLOYED | {"updatedReplicas": 0, "conditions": [found]}


def test_a_deadline_that_has_passed_is_the_end_and_a_quota_is_not() -> None:
    late = progress("Deployment", condition("Progressing", "False", "ProgressDeadlineExceeded", "timed out\x1b[31m"))
    assert late.stuck.startswith("ProgressDeadlineExceeded: timed out")
    assert "\x1b" not in late.stuck
    full = progress("Deployment", condition("ReplicaFailure", "True", "FailedCreate", "exceeded quota: pods"))
    assert (full.stuck, full.trouble) == ("", "FailedCreate: exceeded quota: pods")
    other = progress("Deployment", condition("Progressing", "False", "ReplicaSetCreateError", "it tries again"))
    assert other.stuck == ""
    fine = progress("Deployment", condition("Progressing", "True", "ReplicaSetUpdated", ""))
    assert (fine.stuck, fine.trouble) == ("", "")
