"""A real control plane on loopback: etcd, kube-apiserver and a kubelet's exec, up in about 7 seconds.

`python -m cluster.rig up DIR` starts one to stay, `down DIR` stops it; tests take the fixture `rig`.
DIR gets the certificates, logs, process ids, etcd's data, admin.conf (the kubeconfig), server and etcd.url (addresses)
and containers/ (see module/cmd/fakelet). Needs the binaries that `build` makes, and openssl. Standard library only.
"""

import base64
import contextlib
import json
import os
import shutil
import socket
import ssl
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from cluster import processes
from cluster.certificates import make_certificates
from cluster.rest import Rest, client_context

HERE = Path(__file__).parent
RECORDINGS = HERE.parent / "cilium" / "recordings"
SERVERS = ("etcd", "kube-apiserver", "fakelet")
AGENT_COMMANDS = ("cilium", "cilium-dbg", "bpftool", "cat")
START_SECONDS = 60.0


def binaries() -> Path:
    """Where `build` puts the servers: RIG_BIN, or bwtop-rig in the user's cache."""
    cache = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(os.environ.get("RIG_BIN") or Path(cache) / "bwtop-rig")


def missing() -> str:
    """Why a cluster cannot be started here and what to do about it; empty when it can."""
    absent = [name for name in (*SERVERS, "load", "agent") if not (binaries() / name).exists()]
    if absent:
        return f"{', '.join(absent)} not in {binaries()}: run tests/cluster/build"
    if not shutil.which("openssl"):
        return "openssl is not on the PATH: it makes the test cluster's certificates"
    return ""


@dataclass(frozen=True, kw_only=True)
class Rig:
    """A running cluster, known by its folder."""

    directory: Path

    @property
    def kubeconfig(self) -> Path:
        return self.directory / "admin.conf"

    @property
    def server(self) -> str:
        return (self.directory / "server").read_text().strip()

    @property
    def etcd(self) -> str:
        return (self.directory / "etcd.url").read_text().strip()

    @property
    def kubelet_port(self) -> int:
        return int((self.directory / "kubelet.port").read_text())

    def rest(self) -> Rest:
        """A new connection as the cluster's admin."""
        return Rest.admin(self.directory)

    def container(
        self, namespace: str, pod: str, *, scene: Mapping[str, object], commands: Sequence[str] = AGENT_COMMANDS
    ) -> Path:
        """Furnishes a pod's container: what its agent is like and which of an agent's commands it has."""
        return furnish(self.directory / "containers" / namespace / pod, scene=scene, commands=commands)

    def load(self, *, nodes: int, pods: int) -> list[str]:
        """The command line that fills the cluster straight into etcd; with `-churn N` appended, that keeps it busy."""
        return [
            str(binaries() / "load"), "-run", str(self.directory), "-via", "etcd", "-nodes", str(nodes),
            "-pods", str(pods), "-kubelet-port", str(self.kubelet_port),
        ]  # fmt: skip

    def compact(self) -> None:
        """Makes etcd forget all older revisions, as it does every five minutes in a real cluster."""
        revision = int(etcd_call(self.etcd, "kv/range", {"key": base64.b64encode(b"x").decode()})["header"]["revision"])
        etcd_call(self.etcd, "kv/compaction", {"revision": str(revision), "physical": True})

    def restart_api_server(self, *, gracefully: bool = True) -> None:
        """It answers again after some seconds, on the same port, and remembers no event from before."""
        processes.restart("kube-apiserver", self.directory, gracefully=gracefully)

    def stop(self) -> None:
        """Ends the servers, the last started first."""
        for name in reversed(SERVERS):
            processes.stop(name, self.directory)


def etcd_call(url: str, method: str, body: Mapping[str, object]) -> dict[str, dict[str, str]]:
    """One call of etcd's JSON gateway."""
    request = urllib.request.Request(f"{url}/v3/{method}", json.dumps(body).encode())
    with urllib.request.urlopen(request, timeout=30) as response:
        answer: dict[str, dict[str, str]] = json.load(response)
    return answer


def furnish(root: Path, *, scene: Mapping[str, object], commands: Sequence[str] = AGENT_COMMANDS) -> Path:
    """Makes the folder of a container with a stand-in agent."""
    root.mkdir(parents=True, exist_ok=True)
    for command in commands:
        _link(root / command, binaries() / "agent")
    _link(root / "recordings", RECORDINGS)
    (root / "scene.json").write_text(json.dumps(scene))
    return root


def _link(path: Path, target: Path) -> None:
    path.unlink(missing_ok=True)
    path.symlink_to(target.resolve())


def start(directory: Path, *, keep: bool = False, priority: int = 0) -> Rig:
    """Starts a cluster in `directory`; `keep` leaves it running when this process ends."""
    directory.mkdir(parents=True, exist_ok=True)
    rig = Rig(directory=directory.resolve())
    try:
        _start(rig, keep=keep, priority=priority)
    except BaseException:
        rig.stop()
        raise
    return rig


def _start(rig: Rig, *, keep: bool, priority: int) -> None:
    directory = rig.directory
    if not (directory / "admin.crt").exists():
        make_certificates(directory)
    client, peer, api, kubelet = free_ports(4)
    (directory / "server").write_text(f"https://127.0.0.1:{api}\n")
    (directory / "etcd.url").write_text(f"http://127.0.0.1:{client}\n")
    (directory / "kubelet.port").write_text(f"{kubelet}\n")
    _write_kubeconfig(rig)
    furnish(directory / "containers" / "default", scene={})

    def launch(name: str, *flags: str) -> None:
        command = [str(binaries() / name), *flags]
        processes.start(name, command, directory=directory, keep=keep, priority=priority)

    launch("etcd", *_etcd_flags(client, peer))
    launch("kube-apiserver", *_apiserver_flags(rig.etcd, api))
    launch(
        "fakelet", "-listen", f"127.0.0.1:{kubelet}", "-cert", "kubelet.crt", "-key", "kubelet.key",
        "-client-ca", "ca.crt", "-containers", str(directory / "containers"),
    )  # fmt: skip
    _await(rig, lambda: _answers(f"{rig.server}/readyz", client_context(directory, "admin")))
    _install(rig)
    healthy = client_context(directory, "kubelet-client")
    _await(rig, lambda: _answers(f"https://127.0.0.1:{kubelet}/healthz", healthy))


def _etcd_flags(client: int, peer: int) -> list[str]:
    clients, peers = f"http://127.0.0.1:{client}", f"http://127.0.0.1:{peer}"
    return [
        "--data-dir=etcd", f"--listen-client-urls={clients}", f"--advertise-client-urls={clients}",
        f"--listen-peer-urls={peers}", f"--initial-advertise-peer-urls={peers}", f"--initial-cluster=default={peers}",
        "--unsafe-no-fsync", "--quota-backend-bytes=8000000000", "--auto-compaction-retention=0",
    ]  # fmt: skip


def _apiserver_flags(etcd: str, port: int) -> list[str]:
    """Pods need no ServiceAccount (no controller makes one), and nodes are reached where their ExternalIP says."""
    return [
        f"--etcd-servers={etcd}", f"--secure-port={port}", "--bind-address=127.0.0.1", "--advertise-address=127.0.0.1",
        "--tls-cert-file=server.crt", "--tls-private-key-file=server.key", "--client-ca-file=ca.crt",
        "--cert-dir=certs", "--service-account-key-file=sa.key", "--service-account-signing-key-file=sa.key",
        "--service-account-issuer=https://rig", "--authorization-mode=Node,RBAC",
        "--disable-admission-plugins=ServiceAccount,TaintNodesByCondition", "--service-cluster-ip-range=10.96.0.0/24",
        "--kubelet-client-certificate=kubelet-client.crt", "--kubelet-client-key=kubelet-client.key",
        "--kubelet-certificate-authority=ca.crt", "--event-ttl=10m",
        "--kubelet-preferred-address-types=ExternalIP,InternalIP,Hostname",
    ]  # fmt: skip


def _write_kubeconfig(rig: Rig) -> None:
    """kubeconfigs are YAML, and JSON is YAML."""

    def data(name: str) -> str:
        return base64.b64encode((rig.directory / name).read_bytes()).decode()

    content = {
        "apiVersion": "v1",
        "kind": "Config",
        "current-context": "rig",
        "contexts": [{"name": "rig", "context": {"cluster": "rig", "user": "admin"}}],
        "clusters": [{"name": "rig", "cluster": {"server": rig.server, "certificate-authority-data": data("ca.crt")}}],
        "users": [
            {"name": "admin",
             "user": {"client-certificate-data": data("admin.crt"), "client-key-data": data("admin.key")}}
        ],
    }  # fmt: skip
    rig.kubeconfig.touch(mode=0o600)
    rig.kubeconfig.write_text(json.dumps(content, indent=1))


def _install(rig: Rig) -> None:
    """Cilium's kinds, and the right of the API server to call kubelets."""
    rbac = "/apis/rbac.authorization.k8s.io/v1/clusterrolebindings/apiserver-kubelet"
    group = "rbac.authorization.k8s.io"
    with rig.rest() as rest:
        for path in sorted((HERE / "crds").glob("*.json")):
            definition = json.loads(path.read_text())
            name = definition["metadata"]["name"]
            rest.apply(f"/apis/apiextensions.k8s.io/v1/customresourcedefinitions/{name}", definition)
        rest.apply(
            rbac,
            {
                "apiVersion": f"{group}/v1",
                "kind": "ClusterRoleBinding",
                "metadata": {"name": "apiserver-kubelet"},
                "roleRef": {"apiGroup": group, "kind": "ClusterRole", "name": "system:kubelet-api-admin"},
                "subjects": [{"apiGroup": group, "kind": "User", "name": "kube-apiserver-kubelet-client"}],
            },
        )
        kinds = [f"/apis/cilium.io/v2/{plural}" for plural in ("ciliumendpoints", "ciliumnodes", "ciliumidentities")]
        _await(rig, lambda: all(rest.send("GET", path)[0] == 200 for path in kinds))


def _answers(url: str, context: ssl.SSLContext) -> bool:
    try:
        with urllib.request.urlopen(url, context=context, timeout=5):
            return True
    except (urllib.error.URLError, ConnectionError, TimeoutError):
        return False


def _await(rig: Rig, ready: Callable[[], bool]) -> None:
    deadline = time.monotonic() + START_SECONDS
    while not ready():
        for name in SERVERS:
            if (rig.directory / f"{name}.pid").exists():
                processes.check_alive(name, rig.directory)
        if time.monotonic() > deadline:
            raise TimeoutError(f"the test cluster in {rig.directory} was not ready within {START_SECONDS:.0f} s")
        time.sleep(0.05)


def free_ports(count: int) -> list[int]:
    """Ports that nobody listens on just now."""
    with contextlib.ExitStack() as stack:
        sockets = [stack.enter_context(socket.create_server(("127.0.0.1", 0))) for _ in range(count)]
        return [each.getsockname()[1] for each in sockets]


@contextlib.contextmanager
def running(*, priority: int = 0) -> Iterator[Rig]:
    """A cluster in a temporary folder, stopped and removed at the end."""
    with tempfile.TemporaryDirectory(prefix="bwtop-rig-", ignore_cleanup_errors=True) as folder:
        rig = start(Path(folder), priority=priority)
        try:
            yield rig
        finally:
            rig.stop()


def main(arguments: Sequence[str]) -> int:
    """`up DIR` or `down DIR`."""
    match list(arguments):
        case ["up", folder]:
            if reason := missing():
                print(reason, file=sys.stderr)
                return 2
            began = time.monotonic()
            rig = start(Path(folder), keep=True)
            print(f"ready after {time.monotonic() - began:.1f} s: export KUBECONFIG={rig.kubeconfig}")
        case ["down", folder]:
            Rig(directory=Path(folder).resolve()).stop()
        case _:
            print("usage: up DIR | down DIR", file=sys.stderr)
            return 2
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
