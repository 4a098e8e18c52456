from collections.abc import AsyncIterator
from types import SimpleNamespace
from typing import Any

import pytest

from bwtop.kube.errors import KubeError
from bwtop.kube.watch import Batch, read_watch
from bwtop.kube.wire import WireDecoder
from kube.scripted import bookmark, event, thing
from kube.things import THINGS, Thing


async def batches(*chunks: bytes) -> list[Batch[Thing]]:
    """What becomes of a stream whose reads bring `chunks`."""

    async def iter_any() -> AsyncIterator[bytes]:
        for chunk in chunks:
            yield chunk

    response: Any = SimpleNamespace(content=SimpleNamespace(iter_any=iter_any))
    return [batch async for batch in read_watch(response, WireDecoder(THINGS))]


@pytest.fixture
def unhurried(monkeypatch: pytest.MonkeyPatch) -> None:
    """One read is one batch, however busy the machine is."""
    monkeypatch.setattr("bwtop.kube.watch.SLICE_SECONDS", 60.0)


async def test_one_large_read_is_cut_into_slices() -> None:
    found = await batches(b"".join(event("ADDED", thing(f"t{i}", str(i))) for i in range(20_000)))
    assert len(found) > 3
    assert sum(len(batch.events) for batch in found) == 20_000
    assert found[-1].version == "19999"


@pytest.mark.usefixtures("unhurried")
async def test_a_bookmark_after_events_is_the_version_of_their_batch() -> None:
    (batch,) = await batches(event("ADDED", thing("a", "5")) + bookmark("9"))
    assert (len(batch.events), batch.version) == (1, "9")


@pytest.mark.usefixtures("unhurried")
async def test_what_has_no_version_leaves_it_unchanged() -> None:
    (batch,) = await batches(b'{"type":"ADDED","object":{"metadata":{"name":"a"}}}\nnonsense\n')
    assert (len(batch.events), batch.version, batch.skipped) == (1, "", 1)


async def test_a_line_without_end_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bwtop.kube.watch._LONGEST_LINE", 1000)
    with pytest.raises(KubeError, match="a line without end"):
        await batches(b"x" * 600, b"x" * 600)
