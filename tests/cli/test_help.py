"""What `bwtop --help` and the completion of a shell say of each command."""

from click.testing import CliRunner

from bwtop.cli.main import program


def test_no_command_is_described_by_half_a_sentence() -> None:
    listed = CliRunner().invoke(program(), ["--help"]).output.partition("Commands:\n")[2].splitlines()
    assert len(listed) == 14
    assert [line for line in listed if not line.endswith(".") or line.endswith("...")] == []
