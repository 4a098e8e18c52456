"""What is sent again and again although nothing has changed: next to nothing, and in steps that tell something."""

from bwtop.panels.node_columns import node_columns
from live.things import Time, node, sample, store_at


def test_the_cells_of_a_node_that_is_at_rest_hardly_ever_change() -> None:
    time = Time()
    store = store_at(time)
    store.objects.put_node(node("n1"))
    store.reading("n1", period=600.0)
    store.sampled("n1", sample({1: 10_000_000}))
    store.settle()
    columns = node_columns(store)
    seen, changes = None, 0
    for _ in range(2 * 300):
        cells = [column.content(store.nodes["n1"]) for column in columns]
        changes += cells != seen
        seen = cells
        time.now += 0.5
    assert changes <= 1 + 2 + 4, "the first one, now and <1m, and four minutes"
