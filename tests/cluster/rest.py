"""A plain HTTPS client of the API server for setting up tests; what bwtop itself uses is what the tests are about."""

import http.client
import json
import ssl
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Self

JSON = "application/json"
MERGE_PATCH = "application/merge-patch+json"
APPLY_PATCH = "application/apply-patch+yaml"


class RefusedError(RuntimeError):
    """The API server answered with an error: method, path, code and its message."""


def client_context(directory: Path, name: str) -> ssl.SSLContext:
    """Trusts the cluster's authority and shows the certificate NAME.crt."""
    context = ssl.create_default_context(cafile=str(directory / "ca.crt"))
    context.load_cert_chain(directory / f"{name}.crt", directory / f"{name}.key")
    return context


@dataclass
class Rest:
    """The cluster's admin on one keep-alive connection; not for several threads."""

    connection: http.client.HTTPConnection
    headers: dict[str, str] = field(default_factory=lambda: {"User-Agent": "bwtop-tests"})

    @classmethod
    def admin(cls, directory: Path) -> Self:
        """The admin of the cluster whose certificates and address stand in `directory`."""
        address = (directory / "server").read_text().strip().removeprefix("https://")
        return cls(http.client.HTTPSConnection(address, context=client_context(directory, "admin"), timeout=60))

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.connection.close()

    def send(self, method: str, path: str, body: object = None, *, content_type: str = JSON) -> tuple[int, Any]:
        """Status code and decoded answer; text where the answer is no JSON."""
        payload = None if body is None else json.dumps(body).encode()
        self.connection.request(method, path, payload, self.headers | {"Content-Type": content_type})
        response = self.connection.getresponse()
        answer = response.read()
        if response.headers.get("Content-Type", "").startswith(JSON):
            return response.status, json.loads(answer)
        return response.status, answer.decode(errors="replace")

    def call(self, method: str, path: str, body: object = None, *, content_type: str = JSON) -> Any:
        """As send, and anything but success raises RefusedError."""
        status, answer = self.send(method, path, body, content_type=content_type)
        if status >= 300:
            message = answer.get("message", "") if isinstance(answer, dict) else answer[:300]
            raise RefusedError(f"{method} {path}: {status} {message}")
        return answer

    def apply(self, path: str, body: object) -> Any:
        """Creates the object or brings it to what `body` says (server-side apply)."""
        return self.call("PATCH", f"{path}?fieldManager=tests&force=true", body, content_type=APPLY_PATCH)
