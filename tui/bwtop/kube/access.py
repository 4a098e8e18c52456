"""What this user may do, as the API server's own authorizers see it."""

from typing import Final

import msgspec

from bwtop.kube.api import Api
from bwtop.kube.errors import KubeError
from bwtop.kube.target import Target

_PATH: Final = "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews"


class _Status(msgspec.Struct):
    allowed: bool = False


class _Review(msgspec.Struct):
    status: _Status


async def may(api: Api, target: Target, *, group: str = "") -> bool:
    """By a SelfSubjectAccessReview, which is stored nowhere; raises KubeError, also where a proxy takes no POST."""
    resource, _, subresource = target.resource.partition("/")
    attributes = {
        "verb": target.verb,
        "group": group,
        "resource": resource,
        "subresource": subresource,
        "namespace": target.namespace,
        "name": target.name,
    }
    review = {
        "apiVersion": "authorization.k8s.io/v1",
        "kind": "SelfSubjectAccessReview",
        "spec": {"resourceAttributes": {name: text for name, text in attributes.items() if text}},
    }
    body = await api.send("POST", _PATH, msgspec.json.encode(review))
    try:
        return msgspec.json.decode(body, type=_Review).status.allowed
    except msgspec.DecodeError as error:
        raise KubeError(f"the API server's answer is no access review: {error}") from error
