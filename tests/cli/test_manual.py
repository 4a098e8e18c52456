import shutil
import subprocess
from pathlib import Path

import pytest

from bwtop.cli.main import program
from bwtop.cli.manual import man_page

PAGE = Path(__file__).parents[2] / "docs" / "bwtop.1"


def test_the_man_page_is_that_of_the_commands() -> None:
    assert PAGE.read_text() == man_page(), "stale: run `make man`"


def test_every_command_and_flag_is_in_it() -> None:
    text = man_page().replace("\\-", "-")
    for name, command in program().commands.items():
        assert f"BWTOP {name.upper()}" in text
        for parameter in command.params:
            assert all(flag in text for flag in parameter.opts if flag.startswith("--"))
    assert "--serviceaccount NAMESPACE:NAME" in text


@pytest.mark.skipif(shutil.which("groff") is None, reason="no groff here")
def test_the_man_page_is_good_roff() -> None:
    done = subprocess.run(
        ["groff", "-man", "-Tascii", "-ww", "-z"],
        input=man_page(),
        capture_output=True,
        text=True,
        check=True,
        timeout=20,
    )
    assert done.stderr == ""
