"""What importing aiohttp costs, in a process of its own: here others have imported it already."""

import ssl
import subprocess
import sys

import pytest

from bwtop.kube.config import ConfigRequest, connect

COUNT = """
from ssl import SSLContext
read = []
inherited = SSLContext.set_default_verify_paths
SSLContext.set_default_verify_paths = lambda context: read.append(context)
import {module}
print(len(read), SSLContext.set_default_verify_paths is inherited)
"""


@pytest.mark.parametrize("module", ["bwtop.kube.api", "bwtop.cli.screen", "bwtop.cli.get"])
def test_no_certificates_are_read_before_there_is_a_connection(module: str) -> None:
    done = subprocess.run(
        [sys.executable, "-c", COUNT.format(module=module)], check=True, capture_output=True, text=True
    )
    assert done.stdout.split() == ["0", "True"]


async def test_the_way_to_a_proxy_is_verified_also_where_the_server_speaks_plain_http() -> None:
    environ = {"HTTP_PROXY": "https://proxy.example:3129", "KUBECONFIG": "/nonexistent"}
    connection = await connect(ConfigRequest(server="http://api.example"), environ=environ)
    assert connection.ssl is not None
    assert connection.ssl.verify_mode is ssl.CERT_REQUIRED
    assert connection.ssl.check_hostname


async def test_plain_http_without_such_a_proxy_needs_no_context() -> None:
    connection = await connect(ConfigRequest(server="http://api.example"), environ={"KUBECONFIG": "/nonexistent"})
    assert connection.ssl is None
