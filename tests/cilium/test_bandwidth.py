import contextlib
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bwtop.cilium.bandwidth import MapMissing, read_bandwidth_map
from bwtop.cilium.output import OutputError
from bwtop.model.limits import Direction, Programmed
from cilium.recorded import VERSIONS, expected, live, output, scenarios

EGRESS, INGRESS = Direction.EGRESS, Direction.INGRESS


@pytest.mark.parametrize(("version", "scenario"), scenarios("bandwidth-"))
def test_the_map_of_every_version_means_what_was_put_in(version: str, scenario: str) -> None:
    rows = [
        {
            "endpoint_id": endpoint_id,
            "direction": direction.value,
            "bits_per_second": programmed.bits_per_second,
            "priority": programmed.priority,
            "dscp": programmed.dscp,
        }
        for (endpoint_id, direction), programmed in read_bandwidth_map(output(version, scenario)).items()
    ]
    by_id = sorted(rows, key=lambda row: (row["endpoint_id"], row["direction"]))
    assert by_id == expected(version, scenario)


@pytest.mark.parametrize("version", VERSIONS)
def test_a_map_that_is_not_there_is_told_apart_from_an_empty_one(version: str) -> None:
    with pytest.raises(MapMissing):
        read_bandwidth_map(output(version, "bandwidth-nomap"))
    assert read_bandwidth_map(output(version, "bandwidth-empty")) == {}


@pytest.mark.parametrize("version", [v for v in VERSIONS if v != "1.20.2"])
def test_debug_log_lines_before_the_json_are_skipped(version: str) -> None:
    limits = read_bandwidth_map(output(version, "bandwidth-article-debug"))
    assert limits[124, EGRESS].bits_per_second == 10_000_000


def test_a_live_agent_shows_the_host_endpoint_with_a_priority_and_no_limit() -> None:
    assert read_bandwidth_map(live("bpf_bandwidth_list_-o_json.stdout"))[3961, EGRESS] == Programmed(0, 7)


def test_lines_of_stderr_before_and_after_the_json_do_no_harm() -> None:
    text = (
        'time="2026" level=warning msg="[x]"\n[notice] y\n{\n  "124": [\n    "1250000"\n  ]\n}\n\n[GET /x][404] {z}\n'
    )
    assert read_bandwidth_map(text) == {(124, EGRESS): Programmed(10_000_000)}


def test_a_third_value_is_the_dscp_mark_and_later_ones_are_ignored() -> None:
    rows = read_bandwidth_map('{"724, 0": ["1250000, 0, unset"], "724, 1": ["8, 0, 46, later"]}')
    assert rows == {(724, EGRESS): Programmed(10_000_000, 0, "unset"), (724, INGRESS): Programmed(64, 0, "46")}


@pytest.mark.parametrize("negative", ["-625000, 0", "18446744073708301616"])
def test_a_negative_rate_is_no_limit_signed_or_not(negative: str) -> None:
    assert read_bandwidth_map(json.dumps({"2369": [negative]}))[2369, EGRESS].bits_per_second == 0


@pytest.mark.parametrize("key", ["4294967420", "65536", "0"])
def test_an_id_that_no_endpoint_can_have_is_left_out(key: str) -> None:
    assert read_bandwidth_map(json.dumps({key: ["1250000"], "65535": ["1"]})) == {(65535, EGRESS): Programmed(8)}


@pytest.mark.parametrize(
    "row",
    [
        {"x": ["1"]},
        {"124, 2": ["1, 0"]},
        {"124, 0, 0": ["1, 0"]},
        {"124": []},
        {"124": ["1", "2"]},
        {"124": "1"},
        {"124": [1]},
        {"124": None},
        {"124": ["1_0"]},
        {"124": ["1.5"]},
        {"124": ["1, high"]},
        {"١": ["1"]},
    ],
)
def test_one_bad_row_condemns_the_map_and_is_named(row: dict[str, object]) -> None:
    with pytest.raises(OutputError, match="rows like") as caught:
        read_bandwidth_map(json.dumps({"9": ["12"], **row}))
    assert repr(next(iter(row.values())))[:20] in str(caught.value)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "\n",
        "{",
        "[]",
        "null",
        '"x"',
        "1",
        "{}}",
        '{"124": ["1"',
        "No entries found.\n",
        "[" * 100_000,
        '{"\ud800": []}',
    ],
)
def test_output_that_is_no_map_is_an_error_in_one_short_line(text: str) -> None:
    with pytest.raises(OutputError) as caught:
        read_bandwidth_map(text)
    assert "\n" not in str(caught.value)
    assert len(str(caught.value)) < 700


def test_terminal_escapes_in_an_error_are_made_visible() -> None:
    with pytest.raises(OutputError) as caught:
        read_bandwidth_map("\x1b[31mboom\x1b]0;title\x07")
    assert str(caught.value).isprintable()
    assert r"\x1b[31mboom" in str(caught.value)


def test_the_error_shows_the_message_and_not_the_log_before_it() -> None:
    with pytest.raises(OutputError, match=r"got permission denied$"):
        read_bandwidth_map("time=2026-11-23 level=debug msg=long\npermission denied\n")


def test_an_unreachable_agent_is_not_a_missing_map() -> None:
    text = 'Error: Get "http://localhost": dial unix /var/run/cilium/cilium.sock: connect: no such file or directory'
    with pytest.raises(OutputError) as caught:
        read_bandwidth_map(text)
    assert not isinstance(caught.value, MapMissing)


@given(st.text())
def test_any_text_is_read_or_refused(text: str) -> None:
    with contextlib.suppress(OutputError):
        read_bandwidth_map(text)
    assert str(OutputError("JSON", text)).isprintable()


@given(st.dictionaries(st.text(alphabet="0123456789, -"), st.lists(st.text(alphabet="0123456789, -"), max_size=2)))
def test_a_map_that_is_read_has_possible_ids_and_no_negative_limit(rows: dict[str, list[str]]) -> None:
    try:
        limits = read_bandwidth_map(json.dumps(rows))
    except OutputError:
        return
    assert all(0 < number <= 65535 and p.bits_per_second >= 0 for (number, _), p in limits.items())
