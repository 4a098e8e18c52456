"""`bwtop demo`: the embedded cluster on its own, for kubectl, k9s and another bwtop."""

import signal
import threading
from types import FrameType

import click

from bwtop.cli import candidates
from bwtop.cli.errors import guarded
from bwtop.cli.flags import DEMO_DEFAULT
from bwtop.cli.session import demo_cluster


@click.group(short_help="Serve an embedded cluster with Cilium.")
def demo() -> None:
    """Serve an embedded cluster with Cilium and its bandwidth manager."""


@demo.command("list")
def list_clusters() -> None:
    """Print the names of the demo clusters."""
    from bwtop.demo.world import cluster_names

    for name in cluster_names():
        click.echo(name)


@demo.command()
@click.argument("cluster", default=DEMO_DEFAULT, shell_complete=candidates.demos)
@click.option("--port", default=0, metavar="PORT", help="Port on 127.0.0.1; default: any free one.")
def serve(cluster: str, port: int) -> None:
    """Serve a demo cluster on loopback until interrupted; prints the kubeconfig's path on stdout.

    CLUSTER is eks-chaining unless named, incident or large.

    In another terminal: kubectl --kubeconfig PATH get pods,cep -A
    """
    over = threading.Event()

    def stop(_signal: int, _frame: FrameType | None) -> None:
        over.set()

    for one in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(one, stop)
    with guarded(debug=False), demo_cluster(cluster, port=port) as kubeconfig:
        click.echo(kubeconfig)
        click.echo(f"bwtop: serving {cluster}; kubectl --kubeconfig {kubeconfig} get cep -A; Ctrl-C ends it", err=True)
        over.wait()
