"""`bwtop netperf`: measures what comes through between two pods, and judges it against the limit."""

import asyncio
from math import ceil
from typing import Any, Final

import click
import msgspec

from bwtop.cli import candidates
from bwtop.cli.duration import seconds
from bwtop.cli.errors import UsageError, guarded
from bwtop.cli.flags import Target, read_target, target_flags
from bwtop.cli.netperf_output import FORMATS, render_result
from bwtop.cli.netperf_past import print_comparison, print_history
from bwtop.cli.netperf_run import Measuring, NetperfCommand, before_and_after, clean
from bwtop.cli.session import Session, configured, opened
from bwtop.cli.signals import cancelled_by_signals
from bwtop.kube.config import ConfigRequest
from bwtop.model.edit import Risk, propose
from bwtop.model.netperf import NetperfTest
from bwtop.netperf.errors import NetperfError
from bwtop.netperf.experiment import Wish
from bwtop.netperf.plan import Settings

EXIT_NOT_PASSED: Final = 1
_TESTS: Final = tuple(test.value for test in NetperfTest)


@click.command(short_help="Measure a pod's egress against its limit.")
@click.argument("pod", required=False, metavar="[SERVER]", shell_complete=candidates.pods)
@click.option(
    "--from",
    "client",
    metavar="CLIENT",
    shell_complete=candidates.pods,
    default="",
    help="The other pod: NAME, NAMESPACE/NAME, or new.",
)
@click.option(
    "--test",
    type=click.Choice(_TESTS, case_sensitive=False),
    metavar=f"[{'|'.join(_TESTS)}]",
    help="Default: the profile's, TCP_MAERTS.",
)
@click.option("--duration", callback=lambda c, p, v: v and seconds(c, p, v), metavar="TIME", help="Of a sample: 10s.")
@click.option("--samples", type=int, metavar="N", help="More than one give a mean with its 95 % confidence.")
@click.option("--streams", type=int, metavar="N", default=1, show_default=True, help="At the same time.")
@click.option("--ipv4", "family", flag_value=4, type=int, default=None, help="Use the server's IPv4 address.")
@click.option("--ipv6", "family", flag_value=6, type=int, help="Use the server's IPv6 address.")
@click.option("--new", "fresh", is_flag=True, help="Make both pods on two nodes, and remove them afterwards.")
@click.option("--limit", metavar="VALUE", help="With --new: the server's egress limit.")
@click.option("--node", metavar="NAME", help="Make the client, on this node.")
@click.option("--image", metavar="IMAGE", help="Of pods that are made; default: the profile's.")
@click.option("--add-netserver", is_flag=True, help="Where none answers, put one into SERVER; its entry stays there.")
@click.option("--before-after", metavar="VALUE", help="Measure, edit the limit, measure, undo; tell the difference.")
@click.option("--confirm", metavar="NAME", default="", help="On a protected context: the server's name once more.")
@click.option("--cleanup", is_flag=True, help="Remove the pods that former tests have left.")
@click.option("--history", is_flag=True, help="Print the former tests, of SERVER if it is named.")
@click.option("--compare", is_flag=True, help="Compare two tests: the last two of the same pods, or those of --run.")
@click.option(
    "--run",
    "named",
    metavar="AT",
    multiple=True,
    help="With --compare: a test by its AT in --history, or the beginning of it; twice, or once for it and the last.",
)
@click.option("-o", "--output", type=click.Choice(FORMATS), default="table", show_default=True)
@target_flags
def netperf(
    pod: str | None,
    cleanup: bool,
    history: bool,
    compare: bool,
    named: tuple[str, ...],
    output: str,
    confirm: str,
    **flags: Any,  # noqa: ANN401
) -> None:
    """Measure the egress of the pod SERVER with netperf, and judge it against its limit.

    TCP_MAERTS measures the egress of SERVER, TCP_STREAM and UDP_STREAM that of CLIENT, TCP_RR round trips. Without
    --from a netperf pod on another node is taken, or one is made there and removed afterwards. The exit status is 1
    when the test fails or its verdict is not PASS: more than 10 % off the limit.
    """
    target = read_target(flags)
    if named and (not compare or len(named) > 2):
        raise click.UsageError("--run goes with --compare, once or twice")
    with guarded(debug=target.debug):
        if history or compare:
            key = _key(pod, target) if pod else None
            if compare:
                print_comparison(pod=key, named=named, output=output)
            else:
                print_history(pod=key, output=output)
            return
        command = None if cleanup else _command(pod, target, flags, output=output, confirm=confirm)
        try:
            with configured(target) as request:
                good = asyncio.run(_netperf(command, target, request))
        except NetperfError as error:
            click.echo(f"bwtop: {error}", err=True)
            good = False
        except asyncio.CancelledError:
            raise KeyboardInterrupt from None
    if not good:
        raise click.exceptions.Exit(EXIT_NOT_PASSED)


async def _netperf(command: NetperfCommand | None, target: Target, request: ConfigRequest) -> bool:
    with cancelled_by_signals():
        async with opened(target, request) as session:
            if command is None:
                return await clean(session.api, namespace=None if target.all_namespaces else session.namespace)
            return await _measure(_with_profile(command, session), session)


async def _measure(command: NetperfCommand, session: Session) -> bool:
    measuring = Measuring(session, command)
    if command.proposal is not None:
        results = await before_and_after(measuring, session)
    else:
        results = [await measuring.run()]
    click.echo(render_result(results, command.output), nl=False)
    return all(result.good for result in results)


def _command(server: str | None, target: Target, flags: dict[str, Any], *, output: str, confirm: str) -> NetperfCommand:
    """Raises click.UsageError for flags that do not go together, UsageError for a value that is no limit."""
    if flags["fresh"] == bool(server):
        raise click.UsageError("name the pod to test, as in: bwtop netperf SERVER; or make both pods with --new")
    if target.all_namespaces:
        raise click.UsageError("a pod is in one namespace: use -n instead of -A")
    if flags["limit"] and not flags["fresh"]:
        raise click.UsageError("--limit goes with --new; an existing pod's limit is edited by bwtop limit")
    if flags["fresh"] and (flags["client"] or flags["before_after"] or flags["node"]):
        raise click.UsageError("--new makes both pods: it goes with neither --from, --node nor --before-after")
    if flags["client"] and flags["node"] and flags["client"] != "new":
        raise click.UsageError("--node is for a client that is made; leave out --from")
    proposals = [propose(value) if value else None for value in (flags["before_after"], flags["limit"])]
    for proposal in proposals:
        if proposal is not None and proposal.risk is not Risk.NONE:
            raise UsageError(f"{proposal.reason}; nothing was sent")
    return NetperfCommand(
        wish=_wish(server, flags), proposal=proposals[0], output=output, confirm=confirm, chosen=_chosen(flags)
    )


def _wish(server: str | None, flags: dict[str, Any]) -> Wish:
    """The namespace is that of the session, and settings that were not given are the profile's."""
    client = flags["client"]
    namespace, slash, name = client.rpartition("/")
    return Wish(
        namespace="",
        server=server.removeprefix("pod/") if server else None,
        client=(namespace if slash else "", name) if client and client != "new" else None,
        make_client=client == "new",
        limit=flags["limit"],
        client_node=flags["node"],
        add_netserver=flags["add_netserver"],
        settings=Settings(streams=flags["streams"], family=flags["family"]),
    )


def _chosen(flags: dict[str, Any]) -> dict[str, Any]:
    """Settings that were given."""
    given = {
        "test": flags["test"] and NetperfTest(flags["test"].upper()),
        "seconds": flags["duration"] and ceil(flags["duration"]),
        "samples": flags["samples"],
        "image": flags["image"],
    }
    return {name: value for name, value in given.items() if value is not None}


def _with_profile(command: NetperfCommand, session: Session) -> NetperfCommand:
    profile, namespace = session.profile.netperf, session.namespace or "default"
    usual = {
        "test": NetperfTest(profile.tests[0]) if profile.tests else NetperfTest.TCP_MAERTS,
        "seconds": ceil(profile.duration),
        "samples": profile.samples,
        "image": profile.image,
    }
    values = {**usual, **command.chosen}
    wish, image = command.wish, values.pop("image")
    client = (wish.client[0] or namespace, wish.client[1]) if wish.client else None
    settings = msgspec.structs.replace(wish.settings, **values)
    wish = msgspec.structs.replace(wish, namespace=namespace, client=client, image=image, settings=settings)
    return msgspec.structs.replace(command, wish=wish)


def _key(server: str, target: Target) -> str:
    """The namespace is not known without a cluster: `default` stands for the context's."""
    name = server.removeprefix("pod/")
    return name if "/" in name else f"{target.namespace or 'default'}/{name}"
