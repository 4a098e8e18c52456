"""What a cluster in which time stands still cannot tell: values that are put in its answers' place."""

import msgspec

from bwtop.live.cluster import Cluster
from bwtop.model.checks import Check
from bwtop.model.cluster_checks import own_cost
from bwtop.model.cluster_facts import Cost
from bwtop.model.netperf import Sender
from bwtop.netperf.ends import End
from bwtop.netperf.errors import Failure, NetperfError
from bwtop.netperf.experiment import NETSERVER_HINT
from bwtop.netperf.history import Runs, history_path
from bwtop.netperf.measurement import Latency, Measurement
from bwtop.netperf.plan import Plan as Test
from bwtop.netperf.plan import Settings
from bwtop.netperf.result import Result as TestResult
from bwtop.netperf.result import conclude
from bwtop.netperf.run import Running
from bwtop.panels.checks_subjects import ClusterSubject
from bwtop.panels.netperf_bench import Bench, Stage
from bwtop.panels.netperf_surroundings import facts_between
from bwtop_widgets.cell_text import visible
from screenshots.still import EPOCH

API_SERVER = "https://10.20.0.1:6443"
"""The demo's has another port each time."""
TESTED, TESTER = "default/netperf-server", "default/netperf-client"


# -- the doctor ---------------------------------------------------------------------------------------------------
class StillDoctor(ClusterSubject):
    """Tells neither the port of the demo's API server nor how long it took."""

    async def read(self) -> None:
        await super().read()
        self._checks = tuple(map(self._still, self._checks))

    def _still(self, check: Check) -> Check:
        if check.name == own_cost(_COST).name:
            return own_cost(_COST)
        server = visible(self._cluster.api.connection.server)
        return msgspec.structs.replace(check, evidence=check.evidence.replace(server, API_SERVER))


_COST = Cost(requests=41, received=713_204, seconds=0.9)


# -- a netperf test -----------------------------------------------------------------------------------------------
def run_on(bench: Bench) -> None:
    """Half of the second sample is done."""
    bench.plan, bench.step = _test(bench.cluster), "sample 1: 9.61 Mbit/s"
    bench.progress = Running(sample=2, samples=3, elapsed=5.0, seconds=10)
    bench.curve = [None, *(rate * 1e6 for rate in (0.2, 6.4, 9.9, 10.3, 10.1, 10.2, 4.1, 7.7, 10.2, 10.1, 10.3))]
    bench.stage = Stage.RUNNING


def conclude_on(bench: Bench) -> None:
    """Within the limit, and a little better than the time before."""
    bench.result = _result(bench.cluster, 9.61e6, 9.58e6, 9.63e6)
    bench.former = _result(bench.cluster, 9.22e6, 9.31e6, 9.25e6, unix=EPOCH - 2700)
    bench.stage = Stage.DONE


def miss_on(bench: Bench) -> None:
    """Far above the limit."""
    bench.result, bench.former = _result(bench.cluster, 941.2e6, 938.7e6, 942.0e6), None
    bench.stage = Stage.DONE


def fall_short_on(bench: Bench) -> None:
    """Far below the limit."""
    bench.result, bench.former = _result(bench.cluster, 3.12e6, 3.4e6, 2.98e6), None
    bench.stage = Stage.DONE


def fail_on(bench: Bench) -> None:
    """No netserver answers."""
    cause = "no netserver answers at 192.168.62.98 port 12865"
    bench.error = str(NetperfError(Failure.NO_NETSERVER, cause, hint=NETSERVER_HINT))
    bench.lacks_netserver = True
    bench.stage = Stage.FAILED


def remember_on(bench: Bench) -> None:
    """Three tests in the history; the last one is shown."""
    runs = Runs(history_path())
    runs.path.unlink(missing_ok=True)
    former = ((-45, (941.2e6, 938.7e6, 942.0e6)), (-12, (3.12e6, 3.4e6, 2.98e6)))
    for minutes, received in (*former, (0, (9.61e6, 9.58e6, 9.63e6))):
        runs.add(_result(bench.cluster, *received, unix=EPOCH + 60 * minutes))
    conclude_on(bench)


def clear(bench: Bench) -> None:
    """As before the first test."""
    bench.plan = bench.progress = bench.result = bench.former = None
    bench.curve, bench.step, bench.error, bench.lacks_netserver = [], "", "", False
    bench.set_up()


def _test(cluster: Cluster) -> Test:
    rows = cluster.store.pods
    facts = facts_between(cluster.store, rows[TESTED], rows[TESTER], Sender.SERVER, ())
    return Test(server=_end(cluster, TESTED), client=_end(cluster, TESTER), settings=Settings(samples=3), facts=facts)


def _end(cluster: Cluster, key: str) -> End:
    pod = cluster.store.objects.pods[key]
    ips = (cluster.store.pods[key].ipv4 or "",)
    return End(namespace=pod.namespace, pod=pod.name, uid=pod.uid, node=pod.node, container="netperf", ips=ips)


def _result(cluster: Cluster, *received: float, unix: float = EPOCH) -> TestResult:
    latency = Latency(min=38.0, mean=52_300.0, p50=51_900.0, p90=55_100.0, p99=88_200.0, max=112_400.0)
    samples = [
        Measurement(
            received=rate,
            sent=rate * 1.02,
            seconds=10.0,
            latency=latency,
            retransmits=3,
            client_cpu=1.2,
            server_cpu=2.4,
        )
        for rate in received
    ]
    test = _test(cluster)
    context = cluster.api.connection.context
    return conclude(test, samples, context=context, unix=unix, version="", later=test.sender_row)
