"""100,000 CiliumEndpoints listed from a server of ready-made answers, against reading the same bytes and nothing else.

As from a kube-apiserver they come compressed (gzip, level 1) to whoever accepts that, and bwtop does.

The server is a process of its own, so that what it costs is no part of the figure: python -m bench.endpoints serve
prints its URL and serves until its standard input is closed.
"""

import asyncio
import gzip
import hashlib
import json
import socketserver
import statistics
import subprocess
import sys
import threading
import time
import urllib.parse
import zlib
from collections.abc import Sequence
from http.server import BaseHTTPRequestHandler

from bwtop.cilium.resources import CiliumEndpoint
from bwtop.collector import Collector
from bwtop.kube.api import Api
from bwtop.kube.connection import Connection
from bwtop.kube.credentials import FixedCredentials
from bwtop.kube.http import aiohttp, inflating
from bwtop.kube.reflector import EventType, Reflector
from bwtop.live.resources import ENDPOINTS
from bwtop.model.health import SourceHealth

COUNT, PAGE = 100_000, 500
RUNS = 5
PATH = "/apis/cilium.io/v2/ciliumendpoints"


def endpoint(number: int) -> dict[str, object]:
    """About 2.6 KB, as an agent writes it."""
    namespace, name, app = f"team-{number % 10}", f"app-{number % 400:03d}-{number:06d}", number % 400
    labels = [f"k8s:app=app-{app}", f"k8s:io.kubernetes.pod.namespace={namespace}", f"k8s:team={namespace}"]
    allowed = [{"identity": each, "identity-labels": {"reserved": "world"}} for each in range(1, 13)]
    noise = hashlib.sha256(str(number).encode()).hexdigest()  # ids do not compress
    uid = f"{noise[:8]}-{noise[8:12]}-4000-8000-{noise[12:24]}"
    owner = {"apiVersion": "v1", "kind": "Pod", "name": name, "uid": uid}
    return {
        "apiVersion": "cilium.io/v2",
        "kind": "CiliumEndpoint",
        "metadata": {
            "name": name, "namespace": namespace, "uid": f"{noise[24:32]}-{noise[32:36]}-4000-8000-{noise[36:48]}",
            "resourceVersion": str(number + 1), "creationTimestamp": "2026-01-18T10:00:00Z", "generation": 1,
            "labels": {"app": f"app-{app}", "team": namespace}, "ownerReferences": [owner],
            "managedFields": [{"manager": "cilium-agent", "operation": "Update", "fieldsType": "FieldsV1",
                               "fieldsV1": {f"f:field-{each}": {} for each in range(48)}}],
        },
        "status": {
            "id": 100 + number % 4000, "state": "ready", "encryption": {},
            "identity": {"id": 10_000 + app, "labels": labels},
            "external-identifiers": {"container-id": noise, "k8s-pod-name": name, "pod-name": name},
            "networking": {"addressing": [{"ipv4": f"100.{number >> 16}.{number >> 8 & 255}.{number & 255}"}],
                           "node": f"10.0.{number % 5000 >> 8}.{number % 5000 & 255}"},
            "policy": {"ingress": {"enforcing": True, "state": "enforcing", "allowed": allowed},
                       "egress": {"enforcing": False, "state": "<status disabled>"}},
        },
    }  # fmt: skip


def body(count: int) -> bytes:
    """The list of the first objects, compressed; the metadata of a custom kind come last."""
    more = {"continue": "more", "remainingItemCount": COUNT - count} if count < COUNT else {}
    metadata = {"resourceVersion": str(COUNT)} | more
    pieces = [b'{"apiVersion":"cilium.io/v2","items":[']
    pieces.append(b",".join(json.dumps(endpoint(number), separators=(",", ":")).encode() for number in range(count)))
    pieces.append(b'],"kind":"CiliumEndpointList","metadata":%b}\n' % json.dumps(metadata).encode())
    return gzip.compress(b"".join(pieces), compresslevel=1)


def serve() -> None:
    """Prints the URL, serves until standard input ends."""
    first, whole = body(PAGE), body(COUNT)

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True  # head and body are two writes: the second would wait 40 ms

        def do_GET(self) -> None:
            query = urllib.parse.parse_qs(urllib.parse.urlsplit(self.path).query)
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            if self.path == "/version":
                return self.send_body(b'{"major": "1", "minor": "34"}')
            self.send_header("Content-Encoding", "gzip")
            return self.send_body(first if "limit" in query else whole)

        def send_body(self, body: bytes) -> None:
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Silent: what it serves is what is measured."""

    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        print(f"http://127.0.0.1:{server.server_address[1]}", flush=True)
        sys.stdin.read()
        server.shutdown()


class _Ignored:
    """A sink for the pages."""

    def listing(self, items: Sequence[CiliumEndpoint], remaining: int | None) -> None: ...
    def replaced(self, items: dict[str, CiliumEndpoint]) -> None: ...
    def changed(self, events: Sequence[tuple[EventType, CiliumEndpoint]]) -> None: ...
    def health(self, health: SourceHealth) -> None: ...


async def _read_bytes(api: Api) -> None:
    """As a client does that takes no trouble: inflated by Python's own zlib."""
    aiohttp.set_zlib_backend(zlib)
    async with api.stream(PATH, compressed=True) as response:
        async for _ in response.content.iter_any():
            pass
    aiohttp.set_zlib_backend(inflating)


async def _list(api: Api) -> dict[str, CiliumEndpoint]:
    """They are returned, since bwtop keeps what it lists: to let go of them is no part of it."""
    return await Reflector(api, ENDPOINTS, _Ignored()).list()


async def compare(url: str) -> tuple[float, float]:
    """Median seconds of listing and of reading the bytes, in turn over the same connection."""
    api = Api(Connection(server=url, credentials=FixedCredentials()))
    Collector().begin()  # both are read as in bwtop's own process
    listed, read = [], []
    for _ in range(RUNS):
        began = time.perf_counter()
        await _read_bytes(api)
        middle = time.perf_counter()
        endpoints = await _list(api)
        listed.append(time.perf_counter() - middle)
        read.append(middle - began)
        assert len(endpoints) == COUNT
        del endpoints
    await api.close()
    return statistics.median(listed), statistics.median(read)


def measure() -> tuple[float, float]:
    """As compare, with a server of its own."""
    command = [sys.executable, "-m", "bench.endpoints", "serve"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as server:
        assert server.stdin
        assert server.stdout
        url = server.stdout.readline().strip()
        result = asyncio.run(compare(url))
        server.stdin.close()
    return result


if __name__ == "__main__":
    serve()
