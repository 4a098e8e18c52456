"""One object, or one list, decoded: for what is read now and then and not watched."""

from typing import TypeVar

import msgspec

from bwtop.kube.api import Api
from bwtop.kube.errors import KubeError
from bwtop.kube.target import Params

T = TypeVar("T")


async def fetch(api: Api, path: str, type_: type[T], params: Params = ()) -> T:
    """The answer to a GET as a value of the type; raises KubeError, also when it is something else."""
    body = await api.get(path, params)
    try:
        return msgspec.json.decode(body, type=type_)
    except msgspec.DecodeError as error:
        raise KubeError(f"the API server's answer to {path} is not what it should be: {error}", target=path) from error
