"""The ways to log in beside a password: who gets which secret, and in whose place one acts."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncIterator, Callable
from urllib.parse import parse_qs

import pytest
from attrs import frozen

from tests.conftest import USER
from tests.leaks import TOKEN
from tests.transport.server import DOCUMENT, SUCCESS, answers, calls, failure, login
from vaultio import (
    AuthenticationError,
    Config,
    ForeignLinkError,
    InvalidArgumentError,
    Limiter,
    OAuth,
    SalesforceSession,
    Secret,
    SessionExpiredError,
    Vault,
    VaultioError,
    WrongVaultError,
    discover,
)
from vaultio.credentials import Credentials, TokenSource
from vaultio.sandbox import Sandbox
from vaultio.sandbox.identity import PROFILE
from vaultio.sandbox.raw import RawServer, reply

SFDC = "example.my.salesforce.com"


@frozen
class Pair:
    """A sandbox behind two addresses: the vault's, and the one that takes tokens."""

    sandbox: Sandbox
    vault: str
    login: str

    def oauth(self, token: str | TokenSource | None = None) -> OAuth:
        """Make credentials, with a good token if none is given."""
        good = self.sandbox.identity.issue(self.sandbox.users[USER])
        return OAuth(PROFILE, good if token is None else token, host=self.login)

    def client(self, credentials: Credentials) -> Vault:
        """Open a client of the vault."""
        return Vault(self.vault, credentials, api_version="v24.3", limiter=Limiter.unlimited())


@pytest.fixture
async def pair(sandbox: Sandbox) -> AsyncIterator[Pair]:
    """A sandbox with document 1, served twice."""
    sandbox.documents.add("Plan", b"the file", document_id=7)
    async with sandbox.serve() as vault, sandbox.serve() as login_host:
        yield Pair(sandbox, vault, login_host)


def bearer(server: RawServer) -> set[str | None]:
    """Collect what a server was sent as credentials."""
    return {request.headers.get("authorization") for request in server.requests}


async def test_a_token_becomes_a_session(pair: Pair) -> None:
    """The identity provider's token opens a session, which is ended as any other."""
    async with pair.client(pair.oauth()) as vault:
        assert (await vault.documents.retrieve(7)).name == "Plan"
        assert pair.sandbox.sessions.logins == len(pair.sandbox.sessions) == 1
    assert len(pair.sandbox.sessions) == 0


async def test_the_token_goes_to_the_login_host_alone() -> None:
    """It gets the token and the vault's name, and no session; the vault a session, and no token."""
    async with RawServer(answers(DOCUMENT)) as vault_server, RawServer([login()]) as login_host:
        credentials = OAuth("_p/1", TOKEN, "app-1", login_host.url)
        async with Vault(vault_server.url, credentials, api_version="v11.0") as vault:
            await vault.documents.retrieve(7)
    assert [one.target for one in login_host.requests] == ["/auth/oauth/session/_p%2F1"]
    assert parse_qs(login_host.requests[0].body.decode()) == {
        "vaultDNS": [vault_server.url.removeprefix("http://")],
        "client_id": ["app-1"],
    }
    assert (bearer(login_host), bearer(vault_server)) == ({f"Bearer {TOKEN}"}, {"S-1"})


async def test_the_books_of_the_login_are_its_own() -> None:
    """What the login's headers say of limits is not about the vault's calls."""
    limited = login().replace(
        b"HTTP/1.1 200 \r\n", b"HTTP/1.1 200 \r\nX-VaultAPI-BurstLimit: 5\r\n"
    )
    limiter = Limiter()
    async with RawServer(answers(DOCUMENT)) as server, RawServer([limited]) as login_host:
        credentials = OAuth("_p", TOKEN, host=login_host.url)
        async with Vault(server.url, credentials, api_version="v11.0", limiter=limiter) as vault:
            await vault.documents.retrieve(7)
            burst = (await vault.quota()).burst
    assert burst is not None
    assert burst.limit == 2000


@pytest.mark.parametrize("is_async", [True, False])
@pytest.mark.parametrize("kind", [str, Secret])
async def test_a_function_gets_the_token(
    pair: Pair, is_async: bool, kind: type[str] | type[Secret]
) -> None:
    """It is asked once for each login, here or, if it may block, in a thread; not before."""
    threads = list[threading.Thread]()

    def plain() -> str | Secret:
        threads.append(threading.current_thread())
        return kind(pair.sandbox.identity.issue(pair.sandbox.users[USER]))

    async def soon() -> str | Secret:
        return plain()

    async with pair.client(pair.oauth(soon if is_async else plain)) as vault:
        for _ in range(2):
            pair.sandbox.sessions.end_all()
            await asyncio.gather(*(vault.documents.retrieve(7) for _ in range(20)))
    assert (len(threads), pair.sandbox.sessions.logins) == (2, 2)
    assert all((one is threading.main_thread()) == is_async for one in threads)


@pytest.mark.parametrize(
    "refusal",
    [
        failure("INVALID_SESSION_ID"),
        failure("OPERATION_NOT_ALLOWED", errorType="AUTHENTICATION_FAILED"),
        failure("SOMETHING_NEW"),
        reply(b"<html>Unauthorized", status=401, headers={"Content-Type": "text/html"}),
    ],
)
async def test_a_refused_token_is_sent_once(refusal: bytes) -> None:
    """Whatever Vault calls it, the login was refused, and the same token is not sent again."""
    async with RawServer(answers(DOCUMENT)) as server, RawServer([refusal]) as login_host:
        for token in (TOKEN, lambda: TOKEN):
            credentials = OAuth("_p", token, host=login_host.url)
            async with Vault(server.url, credentials, api_version="v11.0") as vault:
                for _ in range(3):
                    with pytest.raises(AuthenticationError):
                        await vault.documents.retrieve(7)
    assert (len(login_host.requests), server.requests) == (2, [])


async def test_a_refused_token_that_changes_is_sent(pair: Pair) -> None:
    """The function is asked again, and what it has then is sent if it is another token."""
    good = pair.sandbox.identity.issue(pair.sandbox.users[USER])
    tokens = iter([TOKEN, TOKEN, TOKEN, good])
    async with pair.client(pair.oauth(lambda: next(tokens))) as vault:
        for _ in range(2):
            with pytest.raises(AuthenticationError, match="not valid, or has expired"):
                await vault.documents.retrieve(7)
        assert (await vault.documents.retrieve(7)).id == 7
    assert (pair.sandbox.sessions.failed_logins, pair.sandbox.sessions.logins) == (1, 1)


async def test_a_token_that_expires_on_its_way(pair: Pair) -> None:
    """If there is another one when it is refused, nobody is told."""
    user = pair.sandbox.users[USER]
    tokens = iter([pair.sandbox.identity.issue(user, 0), pair.sandbox.identity.issue(user)])
    async with pair.client(pair.oauth(lambda: next(tokens))) as vault:
        assert (await vault.documents.retrieve(7)).id == 7
    assert pair.sandbox.sessions.failed_logins == 1


async def test_a_token_that_opens_another_vault(pair: Pair) -> None:
    """Such a session is ended; it was never used."""
    pair.sandbox.vaults.land_in = pair.sandbox.vaults.add("Promo", "promo.veevavault.com")
    async with pair.client(pair.oauth()) as vault:
        for _ in range(2):
            with pytest.raises(WrongVaultError, match=r"promo\.veevavault\.com"):
                await vault.documents.retrieve(7)
    assert (pair.sandbox.sessions.logins, len(pair.sandbox.sessions)) == (1, 0)
    assert pair.sandbox.quota.calls == 1  # that which ended it


@pytest.mark.parametrize(
    "make",
    [
        lambda: OAuth("", TOKEN),
        lambda: OAuth("_p", ""),
        lambda: OAuth("_p", f"{TOKEN}\n"),
        lambda: Vault(
            "https://a.test", OAuth("_p", TOKEN, host="http://x.com"), api_version="v9.0"
        ),
        lambda: SalesforceSession(TOKEN, "http://example.my.salesforce.com"),
        lambda: SalesforceSession(TOKEN, "a.com\r\nX: y"),
        lambda: SalesforceSession(TOKEN, "a.com/path"),
        lambda: SalesforceSession("", SFDC),
    ],
)
def test_credentials_that_cannot_be_meant(make: Callable[[], object]) -> None:
    """They are refused when they are made, and not shown."""
    with pytest.raises(InvalidArgumentError) as caught:
        make()

    assert TOKEN not in str(caught.value)


def test_a_source_of_tokens_shows_its_name_alone() -> None:
    """What a function was made with may be a secret."""
    from functools import partial

    assert "partial" in repr(OAuth("_p", partial(str, TOKEN)))
    assert TOKEN not in repr([OAuth("_p", partial(str, TOKEN)), OAuth("_p", TOKEN)])
    assert OAuth("_p", TOKEN).token == Secret(TOKEN)


async def test_a_session_of_salesforce(pair: Pair) -> None:
    """It takes the place of Vault's with three headers; nobody logs in, and nobody out."""
    session_id = pair.sandbox.salesforce.start(pair.sandbox.users[USER])
    async with pair.client(SalesforceSession(session_id, f"https://{SFDC}/")) as vault:
        assert (await vault.documents.retrieve(7)).name == "Plan"
    assert (pair.sandbox.sessions.logins, pair.sandbox.quota.calls) == (0, 1)


async def test_the_headers_of_salesforce_go_to_the_vault_alone() -> None:
    """A page on another host gets none of them, nor anything else."""
    page = reply({"responseStatus": "SUCCESS", "data": [{"id": 1}]})
    async with RawServer([SUCCESS]) as elsewhere, RawServer([page]) as server:
        link = {"next_page": f"{elsewhere.url}/api/v11.0/query/x", "pagesize": 1, "size": 2}
        body = {"responseStatus": "SUCCESS", "responseDetails": link, "data": [{"id": 1}]}
        server._script = [reply(body)]
        async with Vault(server.url, SalesforceSession(TOKEN, SFDC), api_version="v24.3") as vault:
            with pytest.raises(ForeignLinkError):
                await vault.query("SELECT id FROM documents").all()
    sent = calls(server)[0].headers
    assert [sent["x-auth-provider"], sent["x-auth-host"]] == ["sfdc", f"https://{SFDC}"]
    assert (sent["authorization"], elsewhere.requests, len(server.requests)) == (TOKEN, [], 1)


async def test_a_session_of_salesforce_that_ended(pair: Pair) -> None:
    """The error says whose it was."""
    session_id = pair.sandbox.salesforce.start(pair.sandbox.users[USER])
    pair.sandbox.salesforce.is_allowed = False
    async with pair.client(SalesforceSession(session_id, SFDC)) as vault:
        with pytest.raises(SessionExpiredError, match="session of Salesforce has ended"):
            await vault.documents.retrieve(7)


@pytest.mark.parametrize("is_known", [True, False])
async def test_discovery_of_a_profile(pair: Pair, is_known: bool) -> None:
    """It says by which profiles a user may come in, and what the application is called there."""
    pair.sandbox.identity.ways[USER] = [PROFILE]
    if is_known:
        pair.sandbox.identity.profiles[PROFILE].clients["app-1"] = "00112233"

    found = await discover(USER, client_id="app-1", host=pair.login)

    assert (found.type, found.is_saml, len(found.profiles)) == ("sso", False, 1)
    assert found.profiles[0].id == PROFILE
    assert found.profiles[0].client_id == ("00112233" if is_known else None)
    assert found.profiles[0].use_msal is True
    assert "token_endpoint" in found.profiles[0].authorization_server


async def test_discovery_of_other_ways(pair: Pair) -> None:
    """A password needs no profile; one by SAML has none, and no program can use it."""
    pair.sandbox.identity.ways["saml@example.com"] = []

    by_password = await discover(USER, host=pair.login)
    by_saml = await discover("saml@example.com", host=pair.login)

    assert (by_password.type, by_password.is_saml) == ("password", False)
    assert (by_saml.type, by_saml.is_saml, by_saml.profiles) == ("sso", True, ())


async def test_discovery_sends_nothing_but_a_name() -> None:
    """No credential, and the name not in the address, which many write into their logs."""
    answer = {"responseStatus": "SUCCESS", "data": {"auth_type": "password"}, "errors": []}
    async with RawServer([reply(answer)]) as server:
        await discover("ana+1@example.com", host=server.url, config=Config(client_id="mine"))
    [request] = server.requests
    assert (request.method, request.target) == ("POST", "/auth/discovery")
    assert (request.body, bearer(server)) == (b"username=ana%2B1%40example.com", {None})
    assert request.headers["x-vaultapi-clientid"] == "mine"


async def test_discovery_in_process(sandbox: Sandbox) -> None:
    """A transport that was lent is not closed."""
    transport = sandbox.transport()

    assert (await discover(USER, transport=transport)).type == "password"
    assert not transport.closed


async def test_discovery_that_fails() -> None:
    """Vault's word is an error as anywhere else."""
    async with RawServer([failure("PARAMETER_REQUIRED")]) as server:
        with pytest.raises(VaultioError, match="PARAMETER_REQUIRED"):
            await discover(USER, host=server.url)
