"""kubectl's flags, declared once; every command takes them, before or after its own name."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

import click

from bwtop.cli import candidates
from bwtop.kube.config import ConfigRequest

F = TypeVar("F", bound=Callable[..., Any])
DEMO_DEFAULT = "eks-chaining"

_CONNECTION = (
    click.option(
        "--kubeconfig",
        metavar="FILE",
        shell_complete=candidates.files,
        help="Path to the kubeconfig file; default: $KUBECONFIG.",
    ),
    click.option(
        "--context", metavar="NAME", shell_complete=candidates.contexts, help="Context of the kubeconfig to use."
    ),
    click.option("--cluster", metavar="NAME", help="Cluster of the kubeconfig to use."),
    click.option("--user", metavar="NAME", help="User of the kubeconfig to use."),
    click.option("--as", "as_user", metavar="USER", help="User to impersonate."),
    click.option("--as-group", "as_groups", metavar="GROUP", multiple=True, help="Group to impersonate; repeatable."),
    click.option("--token", metavar="TOKEN", help="Bearer token for the API server."),
    click.option("-s", "--server", metavar="URL", help="Address of the API server."),
    click.option("--request-timeout", metavar="TIME", help="Longest wait for one answer: 30, 30s or 1m."),
    click.option("--insecure-skip-tls-verify", "insecure", is_flag=True, help="Do not check the server's certificate."),
    click.option("--tls-server-name", metavar="NAME", help="Name that the server's certificate must carry."),
    click.option(
        "--cilium-namespace",
        metavar="NAME",
        envvar="CILIUM_NAMESPACE",
        shell_complete=candidates.namespaces,
        help="Where the agents run.",
    ),
    click.option(
        "--demo",
        metavar="[CLUSTER]",
        is_flag=False,
        flag_value=DEMO_DEFAULT,
        shell_complete=candidates.demos,
        help=f"Use an embedded demo cluster instead: {DEMO_DEFAULT} unless named, incident or large.",
    ),
    click.option(
        "--profile",
        metavar="NAME",
        envvar="BWTOP_PROFILE",
        shell_complete=candidates.profiles,
        help="Profile instead of the context's own.",
    ),
    click.option("--debug", is_flag=True, help="Show the traceback of an error."),
)
_SCOPE = (
    click.option(
        "-n", "--namespace", metavar="NAME", shell_complete=candidates.namespaces, help="Namespace to look at."
    ),
    click.option("-A", "--all-namespaces", is_flag=True, help="Look at all namespaces."),
    click.option("-l", "--selector", metavar="LABELS", default="", help="Label selector of pods: app=web,tier!=db."),
)


@dataclass(frozen=True, kw_only=True)
class Target:
    """Which cluster, and what of it."""

    request: ConfigRequest
    demo: str | None
    namespace: str | None
    all_namespaces: bool
    selector: str
    cilium_namespace: str | None
    request_timeout: float
    profile: str
    debug: bool


def target_flags(function: F) -> F:
    """Adds the flags to a command; `read_target` makes a Target of them."""
    for option in reversed((*_CONNECTION, *_SCOPE)):
        function = option(function)
    return function


def read_target(flags: dict[str, Any]) -> Target:
    """Flags of this command, and of the program itself where this command was not given them."""
    context = click.get_current_context()
    given = dict(flags)
    if context.parent is not None:
        for name, value in context.parent.params.items():
            if name in given and not given[name]:
                given[name] = value
    timeout = _seconds(given["request_timeout"])
    return Target(
        request=ConfigRequest(
            kubeconfig=given["kubeconfig"],
            context=given["context"],
            cluster=given["cluster"],
            user=given["user"],
            as_user=given["as_user"],
            as_groups=tuple(given["as_groups"]),
            token=given["token"],
            server=given["server"],
            request_timeout=timeout,
            insecure=given["insecure"],
            tls_server_name=given["tls_server_name"],
        ),
        demo=given["demo"],
        namespace=given["namespace"],
        all_namespaces=given["all_namespaces"],
        selector=given["selector"],
        cilium_namespace=given["cilium_namespace"],
        request_timeout=timeout or 60.0,
        profile=given["profile"] or "",
        debug=given["debug"],
    )


def _seconds(text: str | None) -> float | None:
    """Go's durations as far as people type them for a time-out."""
    if not text or text == "0":
        return None
    number, unit = text.rstrip("smh"), text[len(text.rstrip("smh")) :]
    try:
        return float(number) * {"": 1, "s": 1, "m": 60, "h": 3600}[unit]
    except (KeyError, ValueError):
        raise click.BadParameter(f"{text!r} is no time; write 30s or 1m", param_hint="--request-timeout") from None
