"""What can go wrong between bwtop and an API server, each as one line: the cause, the object, the next step."""

import re
from typing import Final

from bwtop.model.printable import printable

LONGEST: Final = 600
"""Characters of a cause or a hint; one of an API server may name a whole object."""
_RBAC: Final = re.compile(
    r'cannot (?P<verb>\S+) resource "(?P<resource>[^"]+)" in API group "[^"]*"'
    r'(?: in the namespace "(?P<namespace>[^"]+)")?'
)
"""The words of Kubernetes' authorizers: k8s.io/apiserver, endpoints/handlers/responsewriters, forbiddenMessage."""


class KubeError(Exception):
    """An error of this layer: what happened (`cause`), to what (`object`), what to do next (`hint`)."""

    def __init__(self, cause: str, *, target: str = "", hint: str = "") -> None:
        self.cause = printable(cause, limit=LONGEST)
        self.object = printable(target, limit=LONGEST)
        self.hint = printable(hint, limit=LONGEST)
        super().__init__(f"{self.cause}: {self.hint}" if self.hint else self.cause)


class ConfigError(KubeError):
    """The kubeconfig, the in-cluster files or a credential plugin are no good."""


class Unreachable(KubeError):  # noqa: N818 - what the server is
    """No answer from the API server, or none that is Kubernetes'."""


class ApiError(KubeError):
    """The API server answered with an error; `reason` and `message` are its Status'."""

    def __init__(
        self,
        cause: str,
        *,
        code: int,
        target: str = "",
        hint: str = "",
        reason: str = "",
        message: str = "",
        retry_after: float = 0.0,
        too_large: bool = False,
    ) -> None:
        super().__init__(cause, target=target, hint=hint)
        self.code = code
        self.reason = reason
        self.message = message
        self.retry_after = retry_after
        """Seconds that the server asks to wait; 0: it does not say."""
        self.too_large = too_large
        """The server is behind the resource version: another one of several, or restored from a backup."""

    @property
    def lacking(self) -> str:
        """The right that this user lacks, `no create on pods/exec in kube-system`; empty where it is not that."""
        found = _RBAC.search(self.message) if self.code == 403 else None
        if found is None:
            return ""
        where = f" in {found['namespace']}" if found["namespace"] else ""
        return printable(f"no {found['verb']} on {found['resource']}{where}")

    @property
    def expired(self) -> bool:
        """The resource version or continue token is too old, or not reached yet: list anew."""
        return self.too_large or self.code == 410 or self.reason in ("Expired", "Gone")


class ExecError(KubeError):
    """A command did not run, or ended without saying how."""


class ExecTimeoutError(ExecError):
    """A command did not end in its time. Its exec is closed; it itself goes on in the container (kubernetes#89031)."""
