"""What the garbage collector looks at, each in a process of its own."""

import subprocess
import sys

SETUP = """
import gc
from bwtop import collector
class Cycle:
    def __init__(self): self.me = self
"""


def run(code: str) -> str:
    return subprocess.run([sys.executable, "-c", SETUP + code], check=True, capture_output=True, text=True).stdout


def test_nothing_is_looked_for_until_the_app_stands():
    code = """
with collector.held_off():
    print(gc.isenabled())
    collector.Collector().begin()
    print(gc.isenabled())
print(gc.isenabled())
"""
    assert run(code).split() == ["False", "True", "True"]


def test_what_a_long_pass_leaves_is_not_looked_at_again():
    code = """
collector.LONG_PASS = 0
collector.Collector().begin()
kept = [Cycle() for _ in range(100)]
gc.collect()
print(any(isinstance(one, Cycle) for one in gc.get_objects()), gc.get_freeze_count() > 100)
"""
    assert run(code).split() == ["False", "True"]


def test_garbage_is_found_before_the_rest_is_set_aside_and_cycles_of_a_cluster_before_are_found():
    code = """
import weakref
collector.LONG_PASS = 0
watching = collector.Collector()
watching.begin()
gone = weakref.ref(Cycle())
gc.collect()
print(gone() is None)
cluster = Cycle()
old = weakref.ref(cluster)
watching.set_aside()
watching.look_at_all()
gc.collect()
del cluster
gc.collect()
print(old() is None, gc.get_freeze_count())
"""
    assert run(code).split() == ["True", "True", "0"]
