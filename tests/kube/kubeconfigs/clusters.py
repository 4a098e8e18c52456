"""Where they lead: servers, authorities, names, proxies."""

from kube.kubeconfigs.case import TOKEN, Case, b64, came, config, on_tls, simple
from kube.pki_files import PKI, pem
from kube.recorder import Visit

CLUSTERS = (
    simple("a path in the server's address", TOKEN, came(path="/k8s/clusters/c-1/api"), server="$tls/k8s/clusters/c-1"),
    simple("a slash at the end of it", TOKEN, came(path="/k8s/api"), server="$tls/k8s/"),
    simple("an authority that is another's", TOKEN, None, **{"certificate-authority-data": b64(pem("stranger.pem"))}),
    simple("an authority that is none", TOKEN, None, **{"certificate-authority-data": b64("no PEM")}),
    simple("an authority as data and as a file", TOKEN, None, **{"certificate-authority": str(PKI / "authority.pem")}),
    simple("an authority and insecure-skip-tls-verify", TOKEN, None, **{"insecure-skip-tls-verify": True}),
    simple("an authority and --insecure-skip-tls-verify", TOKEN, came(), flags=("--insecure-skip-tls-verify",)),
    Case(
        name="insecure-skip-tls-verify",
        files={"config": config(cluster={"server": "$named", "insecure-skip-tls-verify": True})},
        visit=came(server="named"),
    ),
    Case(
        name="an authority beside the kubeconfig",
        files={"config": config(cluster={"server": "$tls", "certificate-authority": "authority.pem"})},
        visit=came(),
    ),
    Case(
        name="an authority that is gone",
        files={"config": config(cluster={"server": "$tls", "certificate-authority": "gone.pem"})},
    ),
    Case(name="no authority at all", files={"config": config(cluster={"server": "$tls"})}),
    simple("a certificate for another name", TOKEN, None, server="$named"),
    simple(
        "tls-server-name", TOKEN, came(server="named", sni="api.example"),
        server="$named", **{"tls-server-name": "api.example"},
    ),
    simple(
        "--tls-server-name", TOKEN, came(server="named", sni="api.example"),
        server="$named", flags=("--tls-server-name=api.example",),
    ),
    simple(
        "--server leaves the tls-server-name of the kubeconfig", TOKEN, None,
        flags=("--server=$named",), **{"tls-server-name": "api.example"},
    ),
    simple("--server", TOKEN, came(path="/else/api"), server="https://127.0.0.1:1", flags=("--server=$tls/else",)),
    Case(name="plain HTTP", files={"config": config(cluster={"server": "$plain"})}, visit=came("", server="plain")),
    Case(
        name="plain HTTP and impersonation",
        files={"config": config(user={**TOKEN, "as": "eva"}, cluster={"server": "$plain"})},
        visit=came("", server="plain", impersonated=(("impersonate-user", "eva"),)),
    ),
    # Here kubectl tries again until its time is up.
    simple("a server without a scheme", TOKEN, None, flags=("--request-timeout=1s",), server="127.0.0.1:$port"),
    simple("no server", TOKEN, None, server=""),
    simple("proxy-url", TOKEN, came(proxied=True), **{"proxy-url": "$proxy"}),
    simple("proxy-url without a scheme", TOKEN, None, **{"proxy-url": "localhost:3128"}),
    simple("proxy-url of another kind", TOKEN, None, **{"proxy-url": "ftp://localhost:3128"}),
    simple("proxy-url of an ssh -D", TOKEN, came(proxied=True), **{"proxy-url": "socks5://127.0.0.1:$proxyport"}),
    simple(
        "proxy-url of an ssh -D for a server that only the proxy can reach", TOKEN,
        came(proxied=True, sni="api.example"),
        server="https://api.example:6443", **{"proxy-url": "socks5://127.0.0.1:$proxyport"},
    ),
    simple(
        "proxy-url of an ssh -D and tls-server-name", TOKEN, came(proxied=True, sni="api.example"),
        server="https://10.9.8.7:6443",
        **{"proxy-url": "socks5://127.0.0.1:$proxyport", "tls-server-name": "api.example"},
    ),
    simple("proxy-url of an ssh -D that nobody answers", TOKEN, None, **{"proxy-url": "socks5://127.0.0.1:1"}),
    simple("proxy-url that nobody answers", TOKEN, None, **{"proxy-url": "http://127.0.0.1:1"}),
    simple(
        "proxy-url for a server that only the proxy can reach", TOKEN, came(proxied=True, sni="api.example"),
        server="https://api.example:6443", **{"proxy-url": "$proxy"},
    ),
    simple(
        "proxy-url and tls-server-name", TOKEN, came(proxied=True, sni="api.example"),
        server="https://10.9.8.7:6443", **{"proxy-url": "$proxy", "tls-server-name": "api.example"},
    ),
)  # fmt: skip


def through_environment(name: str, visit: Visit | None, **environ: str) -> Case:
    files = {"config": config(cluster=on_tls(server="https://api.example:6443"))}
    return Case(name=name, files=files, environ={"KUBECONFIG": "$home/config", **environ}, visit=visit)


THROUGH = came(proxied=True, sni="api.example")


PROXIES = (
    through_environment("HTTPS_PROXY", THROUGH, HTTPS_PROXY="$proxy"),
    through_environment("https_proxy", THROUGH, https_proxy="$proxy"),
    through_environment("HTTPS_PROXY without a scheme", THROUGH, HTTPS_PROXY="127.0.0.1:$proxyport"),
    through_environment("HTTPS_PROXY wins over https_proxy", THROUGH, HTTPS_PROXY="$proxy", https_proxy="http://127.0.0.1:1"),
    through_environment("HTTPS_PROXY of an ssh -D", THROUGH, HTTPS_PROXY="socks5://127.0.0.1:$proxyport"),
    through_environment("HTTP_PROXY is not for TLS", None, HTTP_PROXY="$proxy"),
    through_environment("NO_PROXY with the name", None, HTTPS_PROXY="$proxy", NO_PROXY="api.example"),
    through_environment("no_proxy with the domain", None, HTTPS_PROXY="$proxy", no_proxy=".example"),
    through_environment("NO_PROXY with another port", THROUGH, HTTPS_PROXY="$proxy", NO_PROXY="api.example:443"),
    through_environment("NO_PROXY with a network", THROUGH, HTTPS_PROXY="$proxy", NO_PROXY="10.0.0.0/8"),
    Case(
        name="HTTPS_PROXY is not for loopback",
        files={"config": config()},
        environ={"KUBECONFIG": "$home/config", "HTTPS_PROXY": "$proxy"},
        visit=came(),
    ),
    Case(
        name="proxy-url wins over NO_PROXY",
        files={"config": config(cluster=on_tls(**{"proxy-url": "$proxy"}))},
        environ={"KUBECONFIG": "$home/config", "NO_PROXY": "*"},
        visit=came(proxied=True),
    ),
)  # fmt: skip
