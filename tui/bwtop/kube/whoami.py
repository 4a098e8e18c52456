"""Who the API server takes this user for."""

from typing import Final

import msgspec

from bwtop.kube.api import Api
from bwtop.kube.errors import ApiError
from bwtop.model.printable import printable

_PATH: Final = "/apis/authentication.k8s.io/v1/selfsubjectreviews"


class _UserInfo(msgspec.Struct):
    username: str = ""


class _Status(msgspec.Struct, rename="camel"):
    user_info: _UserInfo = msgspec.field(default_factory=_UserInfo)


class _Review(msgspec.Struct):
    status: _Status = msgspec.field(default_factory=_Status)


async def user_name(api: Api) -> str:
    """The name in RBAC's words (Kubernetes 1.28 and later); where the server does not say, the kubeconfig's.

    Raises Unreachable.
    """
    try:
        return await reviewed_user(api) or configured_user(api)
    except ApiError:
        return configured_user(api)


async def reviewed_user(api: Api) -> str:
    """The name that the server tells; empty when its answer has none. Raises KubeError: 404 before Kubernetes 1.28."""
    body = msgspec.json.encode({"apiVersion": "authentication.k8s.io/v1", "kind": "SelfSubjectReview"})
    try:
        review = msgspec.json.decode(await api.send("POST", _PATH, body), type=_Review)
    except msgspec.DecodeError:
        review = _Review()
    return printable(review.status.user_info.username)


def configured_user(api: Api) -> str:
    """The name that the kubeconfig has for this user, or whom it impersonates; empty: none."""
    return dict(api.connection.impersonation).get("Impersonate-User") or api.connection.user
