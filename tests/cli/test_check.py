"""`bwtop check` answers by its exit status."""

from click.testing import CliRunner

from bwtop.cli.check import check


def test_nothing_drifts_is_0_and_prints_nothing():
    result = CliRunner().invoke(check, ["--demo"])
    assert (result.exit_code, result.stdout) == (0, "")
    assert "in sync" in result.stderr


def test_drift_is_1_and_names_the_pods():
    result = CliRunner().invoke(check, ["--demo", "incident", "-n", "shop", "-o", "name"])
    assert result.exit_code == 1
    assert "pod/cart" in result.stdout
    assert "pod/checkout" not in result.stdout


def test_what_cannot_be_told_is_2():
    result = CliRunner().invoke(check, ["--demo", "incident", "-l", "app=web"])
    assert (result.exit_code, result.stdout) == (2, "")


def test_no_cluster_is_2_with_the_cause():
    result = CliRunner().invoke(check, ["--server", "http://127.0.0.1:1", "--token", "t"])
    assert result.exit_code == 2
    assert "127.0.0.1:1" in result.stderr
