"""What netperf prints, as results by name: `-k` prints names, `-o` a line of titles, and without them it is a table."""

import csv
import re
from collections.abc import Callable, Mapping, Sequence
from itertools import pairwise
from typing import Final

_KEY: Final = re.compile(r"([A-Z][A-Z0-9_]+)=(.*)")
_TITLES: Final = {
    "throughput": "THROUGHPUT",
    "throughput units": "THROUGHPUT_UNITS",
    "elapsed time (sec)": "ELAPSED_TIME",
    "transaction rate tran/s": "TRANSACTION_RATE",
    "minimum latency microseconds": "MIN_LATENCY",
    "mean latency microseconds": "MEAN_LATENCY",
    "maximum latency microseconds": "MAX_LATENCY",
    "50th percentile latency microseconds": "P50_LATENCY",
    "90th percentile latency microseconds": "P90_LATENCY",
    "99th percentile latency microseconds": "P99_LATENCY",
    "local transport retransmissions": "LOCAL_TRANSPORT_RETRANS",
    "remote transport retransmissions": "REMOTE_TRANSPORT_RETRANS",
    "local cpu util %": "LOCAL_CPU_UTIL",
    "remote cpu util %": "REMOTE_CPU_UTIL",
}
_NUMBER: Final = re.compile(r"-?[0-9]+(?:\.[0-9]+)?")

Fields = Mapping[str, str]


def read_fields(text: str) -> Fields:
    """Results by netperf's own names; empty when there are none. The last of several forms that are there counts."""
    lines = text.splitlines()
    for read in (_keyed, _titled, _table):
        if found := read(lines):
            return found
    return {}


def _keyed(lines: Sequence[str]) -> Fields:
    return {found[1]: found[2].strip() for line in lines if (found := _KEY.fullmatch(line.strip()))}


def _titled(lines: Sequence[str]) -> Fields:
    for titles, values in pairwise(lines):
        names = [_TITLES.get(title.strip().lower()) for title in titles.split(",")]
        row = next(csv.reader([values]), [])
        if "THROUGHPUT" in names and len(row) == len(names):
            return {name: value for name, value in zip(names, row, strict=True) if name}
    return {}


def _table(lines: Sequence[str]) -> Fields:
    """The fixed columns of tests that were not asked for results by name."""
    heading = " ".join(lines)
    rows = [words for line in lines if (words := line.split()) and all(map(_NUMBER.fullmatch, words))]
    return _COLUMNS["Trans." in heading, "Errors" in heading](rows) if rows else {}


def _stream_table(rows: Sequence[Sequence[str]]) -> Fields:
    return _fields(rows, 0, 5, {"ELAPSED_TIME": 3, "THROUGHPUT": 4}, "10^6bits/s")


def _transaction_table(rows: Sequence[Sequence[str]]) -> Fields:
    return _fields(rows, 0, 6, {"ELAPSED_TIME": 4, "THROUGHPUT": 5}, "Trans/s")


def _datagram_table(rows: Sequence[Sequence[str]]) -> Fields:
    """The first line is the sender's, the second the receiver's."""
    sent = _fields(rows, 0, 6, {"ELAPSED_TIME": 2, "LOCAL_SEND_THROUGHPUT": 5}, "10^6bits/s")
    received = _fields(rows, 1, 4, {"THROUGHPUT": 3}, "10^6bits/s")
    return {**sent, **received} if sent and received else {}


def _fields(
    rows: Sequence[Sequence[str]], row: int, columns: int, places: Mapping[str, int], units: str
) -> dict[str, str]:
    if len(rows) <= row or len(rows[row]) != columns:
        return {}
    return {name: rows[row][place] for name, place in places.items()} | {"THROUGHPUT_UNITS": units}


_COLUMNS: Final[Mapping[tuple[bool, bool], Callable[[Sequence[Sequence[str]]], Fields]]] = {
    (False, False): _stream_table,
    (True, False): _transaction_table,
    (False, True): _datagram_table,
    (True, True): _transaction_table,
}
