"""Turns what aiohttp and ssl raise, and what an API server answers, into one line with a next step."""

import socket
import ssl
from collections.abc import Mapping

from bwtop.kube.connection import Connection
from bwtop.kube.errors import ApiError, Unreachable
from bwtop.kube.http import aiohttp
from bwtop.kube.status import Status, read_status
from bwtop.kube.target import Target

NETWORK_ERRORS = (aiohttp.ClientError, OSError, TimeoutError)
"""All that a request may raise; ssl.SSLError and socket.gaierror are OSErrors."""


def unreachable(error: BaseException, connection: Connection) -> Unreachable:
    """The error of a request that got no answer."""
    cause, hint = _cause_and_hint(error, connection)
    return Unreachable(cause, target=connection.server, hint=hint)


def refusal(*, code: int, headers: Mapping[str, str], body: bytes, target: Target, connection: Connection) -> ApiError:
    """The error of a request that was answered with `code`; 0: with the code in the body, as in a watch."""
    status = read_status(body) or Status(message=_plain(body, headers))
    code = code or status.code or 500
    message = status.message or status.reason or f"HTTP {code}"
    return ApiError(
        f"cannot {target}: {message}",
        target=str(target),
        hint=_hint(code, message, target, connection),
        code=code,
        reason=status.reason,
        message=message,
        retry_after=max(_seconds(headers.get("Retry-After", "")), status.retry_after),
        too_large=status.too_large,
    )


def _hint(code: int, message: str, target: Target, connection: Connection) -> str:
    match code:
        case 401:
            who = f" of user {connection.user}" if connection.user else ""
            return f"the credentials{who} are not accepted; log in again, then check: {connection.kubectl('get nodes')}"
        case 403 if "admission webhook" in message:
            return "a policy of the cluster refuses it, whatever the roles allow; ask who runs the webhook"
        case 403 | 422 if "ValidatingAdmissionPolicy" in message:
            return "a policy of the cluster refuses it, whatever the roles allow; ask who wrote it"
        case 403:
            where = f" in namespace {target.namespace}" if target.namespace else ""
            need = f"a role must allow {target.verb} on {target.resource}{where}"
            return f"{need}; check: {connection.kubectl(target.can_i)}"
        case 404 if not target.name:
            return f"the cluster does not know {target.resource}; check: {connection.kubectl('api-resources')}"
        case 429:
            return "the API server is busy; bwtop tries again by itself"
        case _ if 300 <= code < 400:
            return f"a login page or a moved server; check the server {connection.server} in the kubeconfig"
        case _ if code >= 500 and target.resource == "pods/exec":
            where = f"-n {target.namespace} describe pod {target.name}"
            return f"does the container run, is its node up? check: {connection.kubectl(where)}"
        case _ if code >= 500:
            return f"check: {connection.kubectl('get --raw /readyz?verbose')}"
    return ""


def _cause_and_hint(error: BaseException, connection: Connection) -> tuple[str, str]:
    server = connection.server
    check = f"check: {connection.kubectl('get nodes')}"
    match error:
        case aiohttp.ClientHttpProxyError():
            return f"the proxy refused to reach {server}: HTTP {error.status} {error.message}", "check proxy-url"
        case aiohttp.ClientProxyConnectionError():
            return f"cannot reach the proxy for {server}: {_os_error(error)}", "check proxy-url and HTTPS_PROXY"
        case aiohttp.ClientConnectorCertificateError():
            return _certificate(error.certificate_error, connection)
        case aiohttp.ClientConnectorSSLError() | ssl.SSLError():
            return _tls(error, connection)
        case aiohttp.ClientConnectorDNSError():
            return f"cannot resolve {error.host}: {_os_error(error)}", f"is the VPN up? {check}"
        case aiohttp.ConnectionTimeoutError():
            return f"no connection to {server} in time", f"is the VPN up, does a firewall drop it? {check}"
        case aiohttp.ClientConnectorError():
            return f"cannot connect to {server}: {_os_error(error)}", check
        case TimeoutError():
            return f"{server} did not answer in time", check
        case aiohttp.ClientConnectionError() | aiohttp.ClientPayloadError() | ConnectionError():
            return f"{server} broke the connection", check
        case aiohttp.InvalidURL():
            return f"{server} is no URL", "check the server in the kubeconfig"
        case aiohttp.ClientResponseError():
            return f"{server} did not answer as an API server does: {error.message}", "is it another service's port?"
    return f"the request to {server} failed: {error or type(error).__name__}", check


def _os_error(error: aiohttp.ClientConnectorError) -> str:
    inner = error.os_error
    if isinstance(inner, socket.gaierror):
        return str(inner.strerror)
    if isinstance(inner, ConnectionRefusedError):
        return "connection refused"
    return str(inner.strerror or inner) or "the connection broke"


def _certificate(error: Exception, connection: Connection) -> tuple[str, str]:
    server = connection.server
    code = getattr(error, "verify_code", 0)
    text = getattr(error, "verify_message", "") or str(error)
    if code in _WRONG_NAME:
        return f"the certificate of {server} is for another name: {text}", "set tls-server-name to a name it carries"
    if code in _EXPIRED:
        return f"the certificate of {server} is not valid now: {text}", "check this machine's clock; have it renewed"
    if code in _UNKNOWN_AUTHORITY:
        hint = "check certificate-authority in the kubeconfig: it must hold the authority that signed it"
        return f"the certificate of {server} is signed by an unknown authority: {text}", hint
    return f"the certificate of {server} is not accepted: {text}", "check certificate-authority in the kubeconfig"


_WRONG_NAME = (62, 64)  # X509_V_ERR_HOSTNAME_MISMATCH, X509_V_ERR_IP_ADDRESS_MISMATCH
_EXPIRED = (9, 10)  # X509_V_ERR_CERT_NOT_YET_VALID, X509_V_ERR_CERT_HAS_EXPIRED
_UNKNOWN_AUTHORITY = (7, 18, 19, 20, 21)  # bad signature, self-signed, issuer not found


def _tls(error: BaseException, connection: Connection) -> tuple[str, str]:
    inner = error.os_error if isinstance(error, aiohttp.ClientConnectorError) else error
    reason = str(getattr(inner, "reason", "") or inner).replace("_", " ").lower()
    if "certificate required" in reason or "handshake failure" in reason or "bad certificate" in reason:
        return f"{connection.server} wants another client certificate: {reason}", "check client-certificate"
    if "wrong version number" in reason:
        return f"{connection.server} does not speak TLS on that port", "should the server be http://, or another port?"
    return f"TLS with {connection.server} failed: {reason}", "check the server in the kubeconfig"


def _plain(body: bytes, headers: Mapping[str, str]) -> str:
    if "html" in headers.get("Content-Type", ""):
        return "an HTML page came instead of an answer of Kubernetes"
    return body[:300].decode(errors="replace").strip()


def _seconds(text: str) -> float:
    return float(text) if text.isdigit() else 0.0
