"""ID tokens are renewed against a real provider over TLS, and kept where they came from."""

import asyncio
import json
import os
import stat
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import yaml

from bwtop.kube.config import ConfigRequest, connect
from bwtop.kube.connection import Connection
from bwtop.kube.credentials import Credentials
from bwtop.kube.errors import ConfigError
from bwtop.kube.oidc import Login, OidcCredentials, Surroundings
from kube import identity_provider
from kube.identity_provider import EXPIRED, LASTING, RENEWED, IdentityProvider, id_token
from kube.pki_files import PKI

SECOND = id_token(99_999_999_999, who="second")
CONFIG = """\
# mine, with an ümlaut: do not reformat
current-context: prod
contexts: [{{name: prod, context: {{cluster: prod, user: jo}}}}]
clusters:
- cluster:
    server: https://prod.example:6443   # east
  name: prod
users:
  - name: other
    user: {{token: "untouched"}}
  - name: jo
    user:
      auth-provider:
        config:
          client-id: kubernetes
          client-secret: s3cret
          {tokens}
          idp-certificate-authority: {authority}
          idp-issuer-url: {issuer}
        name: oidc
preferences:   {{}}
"""


@pytest.fixture
async def provider() -> AsyncIterator[IdentityProvider]:
    async with identity_provider.running() as found:
        yield found


@pytest.fixture
def config(provider: IdentityProvider, tmp_path: Path) -> Path:
    """A kubeconfig of a login that has run out."""
    return write(tmp_path / "config", provider)


def write(path: Path, provider: IdentityProvider, *, token: str = EXPIRED, refresh: str = "refresh-1") -> Path:
    tokens = f"id-token: {token}\n          refresh-token: {refresh}"
    path.write_text(CONFIG.format(tokens=tokens, authority=PKI / "authority.pem", issuer=provider.issuer))
    path.chmod(0o640)
    return path


def write_text(path: Path, text: str) -> None:
    path.write_text(text)


def text_of(path: Path) -> str:
    return path.read_text()


def mode_of(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


async def opened(config: Path) -> Connection:
    return await connect(ConfigRequest(), environ={"KUBECONFIG": str(config)}, service_account=config.parent / "none")


async def token(credentials: Credentials) -> str:
    return (await credentials.current()).authorization.removeprefix("Bearer ")


def credentials(
    config: Path, provider: IdentityProvider, *, clock: list[float] | None = None, told: list[str] | None = None
) -> OidcCredentials:
    """With a clock that the test moves, and notices that it reads."""

    def read() -> Login:
        user = next(user for user in yaml.safe_load(text_of(config))["users"] if user["name"] == "jo")
        return Login(settings=user["user"]["auth-provider"]["config"], file=config)

    now, notices = clock or [2_000_000.0], [] if told is None else told
    around = Surroundings(kubectl="kubectl get nodes", environ={}, tell=notices.append)
    return OidcCredentials(read, user="jo", around=around, clock=lambda: now[0])


async def test_a_token_that_has_run_out_is_renewed_and_nothing_else_of_the_file_changes(
    provider: IdentityProvider, config: Path
) -> None:
    before = text_of(config)
    found = await opened(config)
    assert provider.asked == 0, "only when a token is needed"
    assert await token(found.credentials) == RENEWED
    expected = before.replace(f"id-token: {EXPIRED}", f"id-token: {json.dumps(RENEWED)}")
    assert text_of(config) == expected.replace("refresh-token: refresh-1", 'refresh-token: "refresh-2"')
    assert mode_of(config) == 0o640
    assert os.listdir(config.parent) == ["config"], "neither a lock nor a file that was written first is left"
    assert found.notices == []
    assert await token((await opened(config)).credentials) == RENEWED
    assert provider.spent == ["refresh-1"], "the next program finds the token"


async def test_all_who_wait_for_a_token_share_one_renewal(provider: IdentityProvider, config: Path) -> None:
    found = (await opened(config)).credentials
    assert set(await asyncio.gather(*[token(found) for _ in range(20)])) == {RENEWED}
    assert provider.spent == ["refresh-1"]


async def test_a_renewal_outlives_the_request_that_asked_for_it(provider: IdentityProvider, config: Path) -> None:
    found = (await opened(config)).credentials
    provider.hold = asyncio.Event()
    request = asyncio.create_task(found.current())
    async with asyncio.timeout(20):
        await provider.taken.wait()
        request.cancel()
        await asyncio.gather(request, return_exceptions=True)
        provider.hold.set()
        assert await token(found) == RENEWED
    assert "refresh-2" in text_of(config)
    assert provider.spent == ["refresh-1"]


async def test_a_token_that_is_refused_is_renewed_once(provider: IdentityProvider, tmp_path: Path) -> None:
    provider.tokens = [RENEWED, SECOND]
    clock = [2_000_000.0]
    found = credentials(write(tmp_path / "config", provider, token=LASTING), provider, clock=clock)
    refused = await found.current()
    assert provider.asked == 0
    renewed = await found.renew(refused)
    assert renewed.authorization == f"Bearer {RENEWED}"
    assert await found.renew(refused) == renewed, "somebody else was refused with the same token"
    assert await found.renew(renewed) == renewed, "a new one that is refused does not cost another"
    assert provider.spent == ["refresh-1"]
    clock[0] += 60
    assert (await found.renew(renewed)).authorization == f"Bearer {SECOND}"


async def test_a_token_that_kubectl_has_renewed_is_taken_from_the_file(
    provider: IdentityProvider, config: Path
) -> None:
    found = (await opened(config)).credentials
    write(config, provider, token=LASTING)
    first = await found.current()
    assert first.authorization == f"Bearer {LASTING}"
    write(config, provider, token=SECOND)
    assert (await found.renew(first)).authorization == f"Bearer {SECOND}"
    assert provider.asked == 0


async def test_without_a_refresh_token_the_login_is_asked_for(provider: IdentityProvider, tmp_path: Path) -> None:
    found = (await opened(write(tmp_path / "config", provider, refresh='""'))).credentials
    with pytest.raises(ConfigError, match="of user jo has run out, and there is no refresh token: log in again"):
        await found.current()
    lasting = (await opened(write(tmp_path / "config", provider, token=LASTING, refresh='""'))).credentials
    refused = await lasting.current()
    assert await lasting.renew(refused) == refused


async def test_a_file_that_cannot_be_written_costs_one_notice_and_no_token(
    provider: IdentityProvider, config: Path
) -> None:
    before = text_of(config)
    (config.parent / "config.lock").touch()  # as a kubectl that was killed leaves it
    provider.tokens = [id_token(2_000_300), id_token(2_000_600), RENEWED]
    clock, told = [2_000_000.0], list[str]()
    found = credentials(config, provider, clock=clock, told=told)
    for _ in range(3):
        assert await token(found)
        clock[0] += 300
    assert provider.spent == ["refresh-1", "refresh-2", "refresh-3"], "each newest refresh token is known"
    assert text_of(config) == before
    (notice,) = told
    assert notice.startswith(f"the new ID token of user jo cannot be written to {config}: File exists: {config}.lock;")
    assert "refresh-" not in notice


async def test_the_notice_reaches_the_connection(provider: IdentityProvider, config: Path) -> None:
    (config.parent / "config.lock").touch()
    found = await opened(config)
    assert await token(found.credentials) == RENEWED
    assert len(found.notices) == 1


async def test_a_link_stays_a_link(provider: IdentityProvider, config: Path) -> None:
    link = config.parent / "link"
    link.symlink_to(config)
    assert await token((await opened(link)).credentials) == RENEWED
    assert link.is_symlink()
    assert RENEWED in text_of(config)


async def test_a_value_that_another_user_shares_is_not_changed_for_both(
    provider: IdentityProvider, config: Path
) -> None:
    text = text_of(config).replace("id-token: ", "id-token: &shared ").replace('"untouched"', "t")
    before = text.replace("preferences:   {}", "preferences: {again: *shared}")
    write_text(config, before)
    found = await opened(config)
    assert await token(found.credentials) == RENEWED
    assert text_of(config) == before
    assert "it is not as it was when it was read" in found.notices[0]


async def test_a_provider_that_rotates_nothing_keeps_its_refresh_token(
    provider: IdentityProvider, config: Path
) -> None:
    provider.rotates = False
    assert await token((await opened(config)).credentials) == RENEWED
    assert (
        yaml.safe_load(text_of(config))["users"][1]["user"]["auth-provider"]["config"]["refresh-token"] == "refresh-1"
    )


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"refresh_token": "another"}, r"/token answered HTTP 400 invalid_grant: no good: … of None: log in again"),
        ({"outage": 503}, r"/.well-known/openid-configuration answered HTTP 503"),
        ({"tokens": []}, "answered without an ID token: was the scope openid asked for"),
        ({"endpoint": "http://127.0.0.1:1/token"}, "names a token_endpoint without TLS"),
        (
            {"endpoint": "https://127.0.0.1:1/token"},
            "cannot connect to https://127.0.0.1:1: .*: is the identity provider up",
        ),
    ],
)
async def test_a_provider_that_does_not_help_is_named_without_a_secret(
    provider: IdentityProvider, config: Path, settings: dict[str, object], message: str
) -> None:
    for name, value in settings.items():
        setattr(provider, name, value)
    with pytest.raises(ConfigError, match=message) as failed:
        await (await opened(config)).credentials.current()
    assert "the OIDC ID token of user jo cannot be renewed" in str(failed.value)
    assert not [secret for secret in ("refresh-1", "s3cret", EXPIRED) if secret in str(failed.value)]


async def test_a_provider_that_is_down_is_asked_now_and_then(provider: IdentityProvider, config: Path) -> None:
    provider.outage = 503
    clock = [2_000_000.0]
    found = credentials(config, provider, clock=clock)
    for _ in range(3):
        with pytest.raises(ConfigError, match="HTTP 503"):
            await found.current()
    assert provider.asked == 1
    provider.outage, clock[0] = 0, clock[0] + 60
    assert await token(found) == RENEWED


async def test_a_provider_whose_certificate_nobody_vouches_for_gets_no_token(
    provider: IdentityProvider, config: Path
) -> None:
    write_text(config, text_of(config).replace("authority.pem", "stranger.pem"))
    with pytest.raises(ConfigError, match=r"cannot be renewed: .*certificate"):
        await (await opened(config)).credentials.current()
    assert provider.asked == 0
