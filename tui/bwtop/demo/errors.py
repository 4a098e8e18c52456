"""Refusals of the API server, in the shape and the words of Kubernetes' Status object."""

from typing import Any

import msgspec

from bwtop.demo.kinds import Kind


class StatusError(Exception):
    """An answer that is not a success: HTTP status, reason and message as kube-apiserver gives them."""

    def __init__(
        self, code: int, reason: str, message: str, *, details: dict[str, Any] | None = None, retry_after: int = 0
    ) -> None:
        super().__init__(message)
        self.code, self.reason, self.message = code, reason, message
        self.details = {**(details or {}), "retryAfterSeconds": retry_after} if retry_after else details
        self.retry_after = retry_after

    def status(self) -> dict[str, Any]:
        found = {"kind": "Status", "apiVersion": "v1", "metadata": {}, "status": "Failure", "message": self.message}
        if self.reason:
            found["reason"] = self.reason
        if self.details is not None:
            found["details"] = self.details
        return {**found, "code": self.code}

    def body(self) -> bytes:
        return msgspec.json.encode(self.status()) + b"\n"


def _details(kind: Kind, name: str = "") -> dict[str, Any]:
    found = {"name": name, "group": kind.group, "kind": kind.plural}
    return {key: value for key, value in found.items() if value}


def bad_request(message: str) -> StatusError:
    return StatusError(400, "BadRequest", message)


def unauthorized() -> StatusError:
    return StatusError(401, "Unauthorized", "Unauthorized")


def not_found(kind: Kind, name: str) -> StatusError:
    return StatusError(404, "NotFound", f'{kind.resource} "{name}" not found', details=_details(kind, name))


def already_exists(kind: Kind, name: str) -> StatusError:
    return StatusError(409, "AlreadyExists", f'{kind.resource} "{name}" already exists', details=_details(kind, name))


def conflict(kind: Kind, name: str) -> StatusError:
    message = (
        f'Operation cannot be fulfilled on {kind.resource} "{name}": the object has been modified; '
        "please apply your changes to the latest version and try again"
    )
    return StatusError(409, "Conflict", message, details=_details(kind, name))


def method_not_allowed() -> StatusError:
    return StatusError(405, "MethodNotAllowed", "the server does not allow this method on the requested resource")


def unsupported_media_type(given: str, accepted: str) -> StatusError:
    message = f"the body of the request was in an unknown format - accepted media types include: {accepted}"
    return StatusError(415, "UnsupportedMediaType", message if given else "no content type in the request")


def invalid(kind: Kind, name: str, *, field: str, problem: str) -> StatusError:
    """422 about one field; `problem` is what Kubernetes writes after it, such as `Forbidden: ...`."""
    cause = {"reason": "FieldValueInvalid", "message": problem, "field": field}
    details = {"name": name, "kind": kind.kind, "causes": [cause]}
    if kind.group:
        details["group"] = kind.group
    head = f"{kind.kind}.{kind.group}" if kind.group else kind.kind
    return StatusError(422, "Invalid", f'{head} "{name}" is invalid: {field}: {problem}', details=details)


def patch_refused() -> StatusError:
    """422 of a JSON patch that does not apply, a failed `test` among them: the server does not say which operation."""
    return StatusError(422, "Invalid", "the server rejected our request due to an error in our request", details={})


def expired(*, asked: int, oldest: int) -> StatusError:
    return StatusError(410, "Expired", f"too old resource version: {asked} ({oldest})")


def continue_expired() -> StatusError:
    message = (
        "The provided continue parameter is too old to display a consistent list result. "
        "You can start a new list without the continue parameter."
    )
    return StatusError(410, "Expired", message)


def too_large_version(*, asked: int, current: int) -> StatusError:
    cause = {"reason": "ResourceVersionTooLarge", "message": "Too large resource version"}
    return StatusError(
        504,
        "Timeout",
        f"Timeout: Too large resource version: {asked}, current: {current}",
        details={"causes": [cause]},
        retry_after=1,
    )


def internal_error(message: str) -> StatusError:
    cause = {"message": message}
    return StatusError(500, "InternalError", f"Internal error occurred: {message}", details={"causes": [cause]})
