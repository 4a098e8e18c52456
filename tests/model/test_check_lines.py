"""Checks as text: nothing is wider than asked, and the hanging indent holds."""

import pytest

from bwtop.model import sources
from bwtop.model.check_lines import Line, Part, check_lines, sentence_lines
from bwtop.model.checks import Check, Finding

FAILED = Check(
    name="egress program",
    finding=Finding.FAILURE,
    evidence="no cil_to_netdev at the egress of ens5: the limits in the map limit nothing",
    advice=("helm upgrade cilium cilium/cilium -n kube-system --reuse-values --set hostFirewall.enabled=true",),
    source=sources.EGRESS_PROGRAM,
    objects=("n1", "n2", "n3", "n4", "n5", "n6"),
)


def text(lines: list[Line]) -> list[str]:
    return [line.head + line.text for line in lines]


def test_unwrapped_it_is_a_line_for_each_part() -> None:
    lines = list(check_lines(FAILED, width=None))
    assert [line.part for line in lines] == [Part.VERDICT, Part.ADVICE, Part.SOURCE, Part.SOURCE]
    assert text(lines)[0].startswith("✗ failure  egress program      no cil_to_netdev")
    assert text(lines)[0].endswith("(n1, n2, n3, n4 and 2 more)")
    assert lines[-1].text == sources.EGRESS_PROGRAM.link


def test_what_is_well_is_one_line() -> None:
    well = Check(name="encryption", finding=Finding.OK, evidence="off", source=sources.IPSEC)
    assert text(list(check_lines(well, width=80))) == ["✓ ok       encryption          off"]
    assert text(list(check_lines(well, width=80, compact=True))) == ["✓ encryption          off"]


@pytest.mark.parametrize("width", [71, 90, 116])
def test_a_dialog_is_never_too_narrow(width: int) -> None:
    lines = list(check_lines(FAILED, width=width, compact=True))
    assert max(map(len, text(lines))) <= width
    assert all(line.head.isspace() for line in lines if line.part is Part.MORE)
    words = "".join("".join(text(lines)).split())
    assert "".join(sources.EGRESS_PROGRAM.link.split()) in words


def test_an_address_stays_whole_on_the_command_line() -> None:
    assert any(line.text == sources.EGRESS_PROGRAM.link for line in check_lines(FAILED, width=60))


def test_a_sentence_hangs_below_its_symbol() -> None:
    lines = text(list(sentence_lines(Finding.UNKNOWN, "whether it is in force cannot be told", width=32)))
    assert lines[0].startswith("? whether")
    assert len(lines) == 2
    assert all(line.startswith("  ") for line in lines[1:])
