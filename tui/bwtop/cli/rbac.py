"""`bwtop rbac`: what a user of bwtop must be allowed, as manifests for kubectl."""

import click
import yaml

from bwtop.model.roles import GROUP, Manifest, Task, manifests


class _Dumper(yaml.SafeDumper):
    """Without anchors: kubectl reads them, people do not."""

    def ignore_aliases(self, data: object) -> bool:
        return True


@click.command(short_help="Print the RBAC roles that bwtop needs.")
@click.argument("task", type=click.Choice([task.value for task in Task]))
@click.option("--user", metavar="NAME", help="Bind the roles to this user.")
@click.option("--group", metavar="NAME", help="Bind the roles to this group.")
@click.option("--serviceaccount", metavar="NAMESPACE:NAME", help="Bind the roles to this service account.")
@click.option(
    "-n", "--namespace", "namespaces", metavar="NAME", multiple=True,
    help="Where pods may be edited or tested; repeatable. Default: everywhere.",
)  # fmt: skip
@click.option(
    "--cilium-namespace", metavar="NAME", default="kube-system", show_default=True, envvar="CILIUM_NAMESPACE",
    help="Where the agents run.",
)  # fmt: skip
def rbac(
    task: str,
    user: str | None,
    group: str | None,
    serviceaccount: str | None,
    namespaces: tuple[str, ...],
    cilium_namespace: str,
) -> None:
    """Print the RBAC roles that bwtop needs, to be piped into `kubectl apply -f -`.

    A reader sees everything and changes nothing; an editor also sets limits; netperf also makes test pods and runs
    tests in pods. To read a limit is to run a command in the node's agent: whoever may do that could run others.
    """
    given = [one for one in (user, group, serviceaccount) if one]
    if len(given) > 1:
        raise click.UsageError("choose one of --user, --group and --serviceaccount")
    subject = _subject(user=user, group=group, serviceaccount=serviceaccount)
    found = manifests(Task(task), namespaces=namespaces, cilium_namespace=cilium_namespace, subject=subject)
    click.echo(yaml.dump_all(found, Dumper=_Dumper, sort_keys=False), nl=False)


def _subject(*, user: str | None, group: str | None, serviceaccount: str | None) -> Manifest | None:
    if serviceaccount:
        namespace, colon, name = serviceaccount.partition(":")
        if not (namespace and colon and name):
            raise click.BadParameter("write NAMESPACE:NAME", param_hint="--serviceaccount")
        return {"kind": "ServiceAccount", "name": name, "namespace": namespace}
    if user or group:
        return {"apiGroup": GROUP, "kind": "User" if user else "Group", "name": user or group}
    return None
