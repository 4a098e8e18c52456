"""`bwtop netperf` as a shell sees it: output, exit status, and what it leaves behind."""

import csv
import io

import msgspec
import pytest
import yaml

from bwtop.demo.kinds import CILIUM_NETWORK_POLICIES
from bwtop.netperf.history import Runs, history_path
from demo.policies import L7_POLICY
from netperf.laboratory import CLIENT_NODE, SERVER_NODE
from netperf.shells import QUICK, Shell, result


async def test_the_result_is_a_document_on_stdout_alone(shell: Shell) -> None:
    ended = await shell.run(*QUICK, "-o", "json")
    found = result(ended.out)
    assert (found["apiVersion"], found["kind"]) == ("bwtop/v1", "NetperfResult")
    assert found["measured"]["bitsPerSecond"] == pytest.approx(9.9e6, rel=0.01)
    assert found["limit"] == {
        "annotation": "10M", "askedBitsPerSecond": 10_000_000, "bitsPerSecond": 10_000_000, "state": "InSync",
    }  # fmt: skip
    assert (found["verdict"], ended.status) == ("PASS", 0)
    assert f"from {SERVER_NODE} to {CLIENT_NODE}" in ended.err, "what is sent, and where, is said before"


async def test_yaml_and_csv_carry_the_same(shell: Shell) -> None:
    assert yaml.safe_load((await shell.run(*QUICK, "-o", "yaml")).out)["kind"] == "NetperfResult"
    (row,) = csv.DictReader(io.StringIO((await shell.run(*QUICK, "-o", "csv")).out))
    assert (row["verdict"], row["server.pod"]) == ("PASS", "netperf-server")


async def test_a_verdict_that_is_not_pass_is_exit_status_1(shell: Shell) -> None:
    shell.laboratory.world.nodes[SERVER_NODE].cilium.egress_program = False
    ended = await shell.run(*QUICK)
    assert ended.status == 1
    assert "OVER" in ended.out
    assert f"no egress program on {SERVER_NODE} applies what is programmed" in ended.err


async def test_an_l7_policy_that_selects_the_server_is_named_before_and_after_a_miss(shell: Shell) -> None:
    shell.laboratory.world.nodes[SERVER_NODE].cilium.egress_program = False
    shell.laboratory.world.store.create(CILIUM_NETWORK_POLICIES, L7_POLICY)
    ended = await shell.run(*QUICK, "-o", "json")
    named = "CiliumNetworkPolicy default/web (http) selects default/netperf-server at egress"
    assert f"warning: {named}" in ended.err
    found = result(ended.out)
    assert any(named in line for line in found["explanations"])
    assert found["path"]["l7Policies"] == ["CiliumNetworkPolicy default/web (http)"]


async def test_both_pods_are_made_limited_measured_and_removed(shell: Shell) -> None:
    ended = await shell.run("--new", "--limit", "20M", "--duration", "8s", "-o", "json")
    found = result(ended.out)
    assert found["verdict"] == "PASS"
    assert found["limit"]["bitsPerSecond"] == 20_000_000
    assert found["server"]["node"] != found["client"]["node"]
    assert not shell.laboratory.pods()


async def test_before_and_after_an_edit_which_is_undone(shell: Shell) -> None:
    ended = await shell.run(*QUICK, "--before-after", "50M", "-o", "json")
    before, after = result(ended.out)["items"]
    assert [each["limit"]["bitsPerSecond"] for each in (before, after)] == [10_000_000, 50_000_000]
    assert after["verdict"] == "PASS"
    assert "9.9 of 10 Mbit/s → 49." in ended.err
    assert shell.annotation() == "10M"


async def test_two_runs_are_compared(shell: Shell) -> None:
    await shell.run(*QUICK)
    assert (await shell.run("--compare")).status == 2
    await shell.run(*QUICK)
    compared = await shell.run("--compare")
    assert compared.status == 0
    assert "BEFORE" in compared.out
    listed = result((await shell.run("netperf-server", "--history", "-o", "json")).out)
    assert [item["verdict"] for item in listed["items"]] == ["PASS", "PASS"]
    assert "### netperf: 9.9 of 10 Mbit/s · PASS" in (await shell.run("--history", "-o", "markdown")).out


async def test_any_two_runs_are_compared_by_when_they_began(shell: Shell) -> None:
    await shell.run(*QUICK)
    (result_of_one,) = Runs(history_path()).results()
    history_path().unlink()
    for second in range(3):
        Runs(history_path()).add(msgspec.structs.replace(result_of_one, at=f"2026-01-18T10:00:0{second}Z"))

    async def compared(*named: str) -> list[str]:
        ended = await shell.run("--compare", *(word for name in named for word in ("--run", name)), "-o", "json")
        assert ended.status == 0, ended.err
        return [item["at"][-3:] for item in result(ended.out)["items"]]

    first, second, third = "2026-01-18T10:00:00", "2026-01-18T10:00:01", "2026-01-18T10:00:02"
    assert await compared() == ["01Z", "02Z"]
    assert await compared(first) == ["00Z", "02Z"]
    assert await compared(second, first) == ["01Z", "00Z"]
    for named, said in (
        (("2026-01-18",), "3 tests began at 2026-01-18: "),
        (("2027",), "no test began at 2027; bwtop netperf --history lists all"),
        ((third,), "is the last test of its pods: name another one"),
        ((first, second, third), "once or twice"),
    ):
        refused = await shell.run("--compare", *(word for name in named for word in ("--run", name)))
        assert refused.status == 2
        assert said in refused.err
    assert "goes with --compare" in (await shell.run("netperf-server", "--run", first)).err


async def test_a_test_of_other_pods_hides_no_two_of_the_same(shell: Shell) -> None:
    await shell.run(*QUICK)
    (run,) = Runs(history_path()).results()
    Runs(history_path()).add(msgspec.structs.replace(run, at="2036-01-18T10:00:00Z"))
    other = msgspec.structs.replace(run.server, pod="other")
    Runs(history_path()).add(msgspec.structs.replace(run, at="2036-01-18T11:00:00Z", server=other))
    compared = await shell.run("--compare", "-o", "json")
    assert [item["at"] for item in result(compared.out)["items"]] == [run.at, "2036-01-18T10:00:00Z"]
    both = ("--compare", "--run", "2036-01-18T10", "--run", "2036-01-18T11")
    assert "not the same pods: default/netperf-server from default/netperf-client" in (await shell.run(*both)).err


async def test_a_protected_context_wants_the_name(shell: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    profiles = shell.folder / "config" / "bwtop" / "profiles"
    profiles.mkdir(parents=True)
    (profiles / "prod.yaml").write_text("protected: ['demo-*']\n")
    monkeypatch.setenv("XDG_CONFIG_HOME", str(shell.folder / "config"))
    refused = await shell.run(*QUICK)
    assert refused.status == 2
    assert "--confirm=netperf-server" in refused.err
    assert (await shell.run(*QUICK, "--confirm", "netperf-server")).status == 0


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ((), "name the pod to test"),
        (("netperf-server", "--new"), "name the pod to test"),
        (("netperf-server", "--limit", "10M"), "--limit goes with --new"),
        (("--new", "--limit", "10MB"), "write 10M"),
        (("--new", "--limit", "10m"), "10m"),
        (("netperf-server", "--before-after", "0"), "nothing was sent"),
        (("netperf-server", "--from", "x", "--node", "y"), "leave out --from"),
        (("netperf-server", "-A"), "use -n instead of -A"),
        (("netperf-server", "--test", "TCP_NOPE"), "TCP_NOPE"),
    ],
)
async def test_words_that_do_not_go_together_are_exit_status_2(words: tuple[str, ...], said: str, shell: Shell) -> None:
    ended = await shell.run(*words)
    assert ended.status == 2
    assert said in ended.err
    assert not ended.out


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("nosuch",), "there is no pod nosuch in namespace default"),
        (("netperf-client", "--from", "netperf-server"), "--add-netserver"),
        (("netperf-server", "--ipv6"), "no IPv6 address"),
        (("netperf-server", "--samples", "0"), "number of samples"),
        (("netperf-server", "--from", "new", "--image", "registry.invalid/x"), "ImagePullBackOff"),
    ],
)
async def test_a_failed_measurement_is_exit_status_1(words: tuple[str, ...], said: str, shell: Shell) -> None:
    ended = await shell.run(*words)
    assert ended.status == 1
    assert said in ended.err
    assert not shell.laboratory.pods()


async def test_the_help_names_the_tests_as_netperf_does(shell: Shell) -> None:
    assert "[TCP_MAERTS|TCP_STREAM|TCP_RR|UDP_STREAM]" in (await shell.run("--help")).out
