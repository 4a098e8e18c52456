"""The body `Status` with which an API server explains a refusal, and an exec its end."""

import msgspec


class StatusCause(msgspec.Struct, frozen=True, gc=False):
    reason: str = ""
    message: str = ""


class StatusDetails(msgspec.Struct, frozen=True, rename="camel"):
    causes: tuple[StatusCause, ...] | None = None
    retry_after_seconds: int = 0


class Status(msgspec.Struct, frozen=True):
    kind: str = ""
    status: str = ""
    """`Success` or `Failure`."""
    reason: str = ""
    message: str = ""
    code: int = 0
    details: StatusDetails | None = None

    @property
    def too_large(self) -> bool:
        """Source of the rule: apimachinery, HasStatusCause(ResourceVersionTooLarge)."""
        causes = self.details.causes if self.details else None
        return any(cause.reason == "ResourceVersionTooLarge" for cause in causes or ())

    @property
    def retry_after(self) -> float:
        """Seconds to wait before the next try; 0: not said."""
        return float(self.details.retry_after_seconds) if self.details else 0.0


_decoder = msgspec.json.Decoder(Status)


def read_status(body: bytes | msgspec.Raw) -> Status | None:
    """None when the body is no Status: an answer of something that stands in between."""
    try:
        status = _decoder.decode(body)
    except msgspec.DecodeError:
        return None
    return status if status.kind in ("Status", "") and (status.status or status.code or status.message) else None
