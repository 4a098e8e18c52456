"""Which exec is possible at all, refused in the words of API server and kubelet."""

from bwtop.demo.agent import Agent
from bwtop.demo.errors import StatusError, bad_request
from bwtop.demo.kinds import PODS
from bwtop.demo.requests import Query, Target
from bwtop.demo.spec import AgentFault
from bwtop.demo.world import World


def check_exec(world: World, asked: Target, query: Query) -> None:
    """Raises StatusError: no such pod, no such container, none running, exec refused."""
    stored = world.store[PODS].get(asked.namespace, asked.name)
    body = stored.body()
    if not stored.node:
        raise bad_request(f"pod {asked.name} does not have a host assigned")
    names = [container["name"] for container in body["spec"]["containers"]]
    container = query.get("container", "")
    if container and container not in names:
        raise bad_request(f"container {container} is not valid for pod {asked.name}")
    if not container and len(names) > 1:
        raise bad_request(
            f"a container name must be specified for pod {asked.name}, choose one of: [{' '.join(names)}]"
        )
    if not query.get("command"):
        raise bad_request("you must specify at least 1 command for the container")
    runs = [status["name"] for status in body["status"].get("containerStatuses", []) if "running" in status["state"]]
    container = container or names[0]
    if container == "cilium-agent":
        _check_agent(world.nodes[stored.node].agent, asked)
    if container not in runs:
        raise _no_container(container)


def websocket_needs_create(kubernetes: str) -> bool:
    """Whether an exec that is opened by GET takes the right to create as well: so from 1.35 on (kubernetes#134577)."""
    major, minor = kubernetes.removeprefix("v").split(".")[:2]
    return (int(major), int(minor)) >= (1, 35)


def _check_agent(agent: Agent, asked: Target) -> None:
    if agent.fault is AgentFault.FORBIDDEN:
        message = (
            f'admission webhook "exec.guard.example.com" denied the request: exec into {asked.namespace}/{asked.name} '
            "is not allowed"
        )
        details = {"name": asked.name, "kind": "pods"}
        raise StatusError(403, "Forbidden", f'pods "{asked.name}" is forbidden: {message}', details=details)
    if agent.fault is AgentFault.DOWN:
        raise _no_container("cilium-agent")


def _no_container(name: str) -> StatusError:
    message = f'unable to upgrade connection: container not found ("{name}")'
    return StatusError(500, "InternalError", message, details={"causes": [{"message": message}]})
