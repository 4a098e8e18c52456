"""`bwtop netperf` while something else happens: an edit, a signal, a kill, a second one. Nothing is left behind."""

import signal

import pytest

from netperf.shells import QUICK, Shell, result


async def test_a_limit_that_is_edited_during_the_test_explains_the_miss(shell: Shell) -> None:
    process = await shell.start("netperf-server", "--from", "netperf-client", "--duration", "60s", "-o", "json")
    await shell.until_measuring(process)
    shell.laboratory.world.annotate("default", "netperf-server", "50M")
    found = result((await shell.end(process)).out)
    assert found["verdict"] == "OVER"
    assert "was changed during the test: it was 10M at the start, it is 50M now" in found["explanations"][0]


async def test_an_edit_is_undone_when_the_second_measurement_is_interrupted(shell: Shell) -> None:
    process = await shell.start(
        "netperf-server", "--from", "netperf-client", "--duration", "8s", "--before-after", "50M"
    )
    await shell.until_measuring(process)
    await shell.until_measuring(process)
    assert shell.annotation() == "50M"
    process.send_signal(signal.SIGTERM)
    assert (await shell.end(process)).status == 130
    assert shell.annotation() == "10M"


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
async def test_a_signal_leaves_no_pod_behind(number: signal.Signals, shell: Shell) -> None:
    process = await shell.start("netperf-server", "--from", "new", "--duration", "600s")
    await shell.until_measuring(process)
    assert shell.laboratory.pods()
    process.send_signal(number)
    assert (await shell.end(process)).status == 130
    assert not shell.laboratory.pods()


async def test_after_kill_9_the_next_start_removes_what_is_left(shell: Shell) -> None:
    process = await shell.start("--new", "--limit", "10M", "--duration", "600s")
    await shell.until_measuring(process)
    process.kill()
    await process.wait()
    assert len(shell.laboratory.pods()) == 2
    swept = await shell.run(*QUICK)
    assert swept.err.count("which an earlier test had left") == 2
    assert not shell.laboratory.pods()


async def test_clean_up_removes_what_is_left(shell: Shell) -> None:
    process = await shell.start("netperf-server", "--from", "new", "--duration", "600s")
    await shell.until_measuring(process)
    process.kill()
    await process.wait()
    assert "removed default/bwtop-netperf-client-" in (await shell.run("--cleanup")).out
    assert "no test has left anything in default" in (await shell.run("--cleanup")).err
    assert not shell.laboratory.pods()


async def test_one_test_at_a_time(shell: Shell) -> None:
    process = await shell.start("netperf-server", "--from", "netperf-client", "--duration", "600s")
    await shell.until_measuring(process)
    ended = await shell.run(*QUICK)
    assert ended.status == 1
    assert "another bwtop is running a test" in ended.err
    process.terminate()
    await shell.end(process)
