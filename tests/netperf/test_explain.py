"""What is said of a miss: facts where they are known, and guesses as guesses."""

import msgspec
import pytest

from bwtop.model.checks import Unread
from bwtop.model.limits import Programmed
from bwtop.model.netperf import NetperfTest
from bwtop.model.pod_facts import L7Policy
from bwtop.model.states import State
from bwtop.netperf.explain import explain
from bwtop.netperf.judge import Verdict
from bwtop.netperf.measurement import Measurement
from bwtop.netperf.plan import Plan, Settings
from netperf.laboratory import Laboratory

HTTP = L7Policy("CiliumNetworkPolicy default/api", ("http",))
NAMES = L7Policy("CiliumClusterwideNetworkPolicy names", ("dns",))


@pytest.fixture
async def plan(laboratory: Laboratory) -> Plan:
    return await laboratory.plan(Settings())


def with_policies(plan: Plan, policies: tuple[L7Policy, ...] | Unread) -> Plan:
    return msgspec.structs.replace(plan, facts=msgspec.structs.replace(plan.facts, policies=policies))


def said(plan: Plan, verdict: Verdict = Verdict.OVER) -> str:
    return "\n".join(explain(plan, Measurement(received=9e8), verdict, later=plan.sender_row))


def test_a_policy_that_selects_the_sender_is_a_fact_with_its_name(plan: Plan) -> None:
    words = "CiliumNetworkPolicy default/api (http) selects default/netperf-server at egress"
    assert words in said(with_policies(plan, (HTTP,)))
    assert any(words in warning for warning in with_policies(plan, (HTTP,)).warnings())


def test_policies_of_the_sender_only_keep_more_from_being_limited(plan: Plan) -> None:
    assert "policy" not in said(with_policies(plan, (HTTP,)), Verdict.UNDER).casefold()


@pytest.mark.parametrize("policies", [(), (NAMES,)])
def test_where_no_policy_takes_the_traffic_none_is_blamed(plan: Plan, policies: tuple[L7Policy, ...]) -> None:
    assert "polic" not in said(with_policies(plan, policies)).casefold()


def test_policies_that_could_not_be_read_are_a_guess_that_says_why(plan: Plan) -> None:
    words = said(with_policies(plan, Unread("ciliumnetworkpolicies is forbidden")))
    assert "a policy with L7 rules would take the pod out of its limit" in words
    assert "is forbidden" in words


def test_round_trips_test_no_limit_so_no_policy_matters(plan: Plan) -> None:
    plan = msgspec.structs.replace(with_policies(plan, (HTTP,)), settings=Settings(test=NetperfTest.TCP_RR))
    assert not plan.warnings()


@pytest.mark.parametrize("verdict", [Verdict.OVER, Verdict.UNDER])
def test_a_limit_that_was_edited_meanwhile_is_told_first(plan: Plan, verdict: Verdict) -> None:
    assert plan.sender_row is not None
    later = msgspec.structs.replace(plan.sender_row, programmed=Programmed(50_000_000))
    first = next(explain(plan, Measurement(received=3e7), verdict, later=later))
    assert (
        first
        == "the limit of default/netperf-server was changed during the test: it was 10M at the start, it is 50M now"
    )


def test_a_limit_that_was_removed_meanwhile_is_told_although_the_map_has_no_row_any_more(plan: Plan) -> None:
    assert plan.sender_row is not None
    later = msgspec.structs.replace(plan.sender_row, programmed=None, state=State.UNLIMITED)
    first = next(explain(plan, Measurement(received=9e8), Verdict.OVER, later=later))
    assert first.endswith("was changed during the test: it was 10M at the start, it has none now")


def test_a_map_that_cannot_be_read_any_more_tells_nothing_of_the_limit(plan: Plan) -> None:
    assert plan.sender_row is not None
    later = msgspec.structs.replace(plan.sender_row, programmed=None, state=State.UNKNOWN)
    words = "\n".join(explain(plan, Measurement(received=9e8), Verdict.OVER, later=later))
    assert "was changed" not in words
    assert "may have been raised" in words


def test_a_limit_that_nobody_looked_at_again_may_have_been_edited(plan: Plan) -> None:
    assert "may have been raised" in "\n".join(explain(plan, Measurement(received=9e8), Verdict.OVER, later=None))
    assert "raised" not in said(plan)
