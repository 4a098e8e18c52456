"""What `bwtop --help` and the completion of a shell say of each command."""

from click.testing import CliRunner

from bwtop.cli.main import program


def test_no_command_is_described_by_half_a_sentence() -> None:
    listed = CliRunner().invoke(program(), ["--help"]).output.partition("Commands:\n")[2].splitlines()
    assert len(listed) == 14
    assert [line for line in listed if not line.endswith(".") or line.endswith("...")] == []


def test_the_name_of_a_demo_cluster_is_optional_and_the_names_are_told() -> None:
    for words in (["get"], ["demo", "serve"]):
        told = " ".join(CliRunner().invoke(program(), [*words, "--help"]).output.replace("-\n", "-").split())
        assert "[CLUSTER]" in told
        assert "chaining unless named, incident or large" in told
