"""Pods that seem to drift are read once more, each by itself, before a one-shot command holds it against anybody.

The lists that bwtop decodes do not tell when an annotation was written, and a one-shot command has seen no change
itself: a limit that was edited a second ago looks like a mismatch. One GET a pod tells, by managedFields.
"""

import asyncio

from bwtop.kube.api import Api
from bwtop.kube.errors import ApiError
from bwtop.live.found_pod import find_pod
from bwtop.live.store import Store
from bwtop.model.rows import PodRow
from bwtop.model.states import State

AT_MOST = 50
"""Pods that are read again: where more drift at once, it is no edit of just now."""
_DOUBTED = frozenset({State.NOT_PROGRAMMED, State.MISMATCH, State.ORPHAN})


async def look_again(api: Api, store: Store) -> None:
    """Changes of the last seconds become known to the store, rows are made anew. Raises KubeError, but not for 404."""
    doubted = [row for row in store.pods.values() if row.state in _DOUBTED]
    if doubted and len(doubted) <= AT_MOST:
        await asyncio.gather(*(_read(api, store, row) for row in doubted))
        store.settle()


async def _read(api: Api, store: Store, row: PodRow) -> None:
    try:
        found = await find_pod(api, row.namespace, row.pod)
    except ApiError as error:
        if error.code != 404:
            raise
        store.objects.drop_pod(row.key)
        return
    store.objects.put_pod(found.pod, news=True)
    store.written(row.key, found.holder.written_at)
