import pytest

from bwtop.kube.errors import ConfigError
from bwtop.kube.proxy import find_proxy

ENVIRON = {"HTTPS_PROXY": "http://secure:3128", "http_proxy": "plain:3128"}


@pytest.mark.parametrize(
    ("server", "proxy"),
    [
        ("https://api.example:6443", "http://secure:3128"),
        ("http://api.example", "http://plain:3128"),
        ("https://localhost:6443", None),
        ("https://127.0.0.1:6443", None),
        ("https://[::1]:6443", None),
    ],
)
def test_the_environment_names_a_proxy_a_scheme(server: str, proxy: str | None) -> None:
    assert find_proxy(server, "", ENVIRON) == proxy


@pytest.mark.parametrize(
    ("excluded", "server", "bypassed"),
    [
        ("*", "https://api.example", True),
        ("example", "https://api.example", True),
        ("pi.example", "https://api.example", False),
        (".example", "https://api.example", True),
        (".example", "https://example", False),
        ("*.example", "https://api.example", True),
        ("API.example", "https://api.example", True),
        ("other, 10.0.0.0/8", "https://10.1.2.3:6443", True),
        ("10.0.0.0/8", "https://11.1.2.3", False),
        ("10.1.2.3", "https://10.1.2.3", True),
        ("api.example:6443", "https://api.example:6443", True),
        ("api.example:443", "https://api.example:6443", False),
        ("fd00::/8", "https://[fd00::1]:6443", True),
        ("fd00::1", "https://[fd00::1]:6443", True),
        ("10.0.0.0/99", "https://10.1.2.3", False),
        ("10.0.0.0/255.0.0.0", "https://10.1.2.3", False),
        ("[fd00::1]:6443", "https://[fd00::1]:6443", True),
        ("[fd00::1]:443", "https://[fd00::1]:6443", False),
        ("10.1.2.3:443", "https://10.1.2.3:6443", False),
        ("*example", "https://my-example", False),
        (":6443", "https://api.example:6443", False),
        ("", "https://api.example", False),
    ],
)
def test_no_proxy_is_read_as_go_reads_it(excluded: str, server: str, bypassed: bool) -> None:
    found = find_proxy(server, "", {**ENVIRON, "NO_PROXY": excluded})
    assert (found is None) is bypassed


@pytest.mark.parametrize("url", ["localhost:3128", "ftp://localhost", "socks4://localhost:1080", "http://"])
def test_a_proxy_url_that_kubectl_refuses_is_refused_without_its_password(url: str) -> None:
    with pytest.raises(ConfigError, match=r"proxy-url is no URL of a proxy .* http://, https:// or socks5://"):
        find_proxy("https://api.example", url, {})
    with pytest.raises(ConfigError, match="HTTPS_PROXY is no URL") as refused:
        find_proxy("https://api.example", "", {"HTTPS_PROXY": "ftp://jo:s3cret@proxy"})
    assert "s3cret" not in str(refused.value)
