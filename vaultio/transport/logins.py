"""The session's beginning and end, as calls: for each kind of credentials its own way."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from typing import TYPE_CHECKING

import anyio
import attrs

from vaultio.credentials import (
    AccessToken,
    Credentials,
    OAuth,
    Password,
    SalesforceSession,
    Secret,
    SessionId,
)
from vaultio.errors import (
    ApiLimitError,
    AuthenticationError,
    ConflictError,
    NotVaultError,
    VaultError,
    VaultioError,
    WrongVaultError,
)
from vaultio.logs import logger
from vaultio.protocol.login import (
    Login,
    check_vault,
    login_request,
    logout_request,
    oauth_request,
    read_login,
)
from vaultio.protocol.readers import Reader
from vaultio.protocol.request import Request
from vaultio.transport import answers
from vaultio.transport.gate import Gate
from vaultio.transport.home import Home
from vaultio.transport.keeper import Keeper
from vaultio.transport.road import Road
from vaultio.transport.session import Flight, Session, Ticket
from vaultio.transport.stopwatch import Stopwatch
from vaultio.transport.tokens import fetch
from vaultio.transport.wire import open_client, origin_of

if TYPE_CHECKING:
    from vaultio.transport.caller import Caller

ENDING_S = 5.0

log = logger("session")


def session_for(caller: Caller, credentials: Credentials, *, keep: bool = True) -> Session:
    """Make the session that credentials stand for; *caller* is the one that has none.

    Without *keep* it is somebody else's, and left to itself while nobody calls.
    """
    keeper = keeper_of(caller) if keep else None
    match credentials:
        case Password():
            return Session(None, PasswordLogin(caller, credentials), watch=keeper)
        case OAuth():
            return Session(None, OAuthLogin(caller, credentials), watch=keeper)
        case SessionId(session_id, bearer):
            text = f"Bearer {session_id.reveal()}" if bearer else session_id.reveal()
            return Session(
                Ticket(Secret(text), 0),
                None,
                watch=keeper,
                advice="a session that was handed in cannot be renewed; Vault ends each after a "
                "while without calls, and 48 hours after its login whatever is done: hand in "
                "another one, or credentials that can log in",
            )
        case AccessToken():
            advice = "the access token has expired, was revoked, or is for another vault"
            return Session(_bearer(credentials), None, advice=advice)
        case SalesforceSession(session_id, host):
            more = (("X-Auth-Provider", "sfdc"), ("X-Auth-Host", f"https://{host}"))
            advice = "the session of Salesforce has ended, or the vault takes none of that user"
            return Session(Ticket(session_id, 0, more), None, advice=advice)


def keeper_of(caller: Caller) -> Keeper | None:
    """Make what keeps sessions alive, if that is wanted."""
    interval_s = caller.config.keep_alive_s
    return None if interval_s is None else Keeper(caller.road, interval_s)


def _bearer(credentials: AccessToken) -> Ticket:
    return Ticket(Secret(f"Bearer {credentials.token.reveal()}"), 0)


@attrs.frozen
class PasswordLogin:
    """Logs in with a user name and a password."""

    caller: Caller
    credentials: Password
    may_change = False

    async def __call__(self, flight: Flight, max_wait_s: float | None) -> Login:
        """Open a session in the vault that was asked for."""
        flight.ready.set()
        caller = self.caller.view(max_wait_s=max_wait_s, sent=flight.sent.set)
        return await verified(caller, await opened(caller, login_request(self.credentials)))


class OAuthLogin:
    """Logs in with a token of an identity provider, which goes to one host alone."""

    def __init__(self, caller: Caller, credentials: OAuth) -> None:
        self._caller = caller
        self._credentials = credentials
        self._origin = origin_of(credentials.host)
        self._refused: tuple[AccessToken, VaultioError] | None = None

    @property
    def may_change(self) -> bool:
        """Whether each login gets a token of its own."""
        return not isinstance(self._credentials.token, Secret)

    async def __call__(self, flight: Flight, max_wait_s: float | None) -> Login:
        """Open a session in the vault that was asked for.

        A token that is refused may have expired on its way: if there is another one by now, that
        is tried, once.
        """
        token = await self._token()
        flight.ready.set()
        caller = self._caller.view(max_wait_s=max_wait_s, sent=flight.sent.set)
        try:
            return await self._opened(caller, token)
        except AuthenticationError:
            if not self.may_change:
                raise
        return await self._opened(caller, await self._token())

    async def _token(self) -> AccessToken:
        """Get a token; raises what Vault said to it if it was refused before."""
        source = self._credentials.token
        if isinstance(source, Secret):
            return AccessToken(source)
        token = await fetch(source, self._caller.options.timeout_s)
        if self._refused is not None and self._refused[0] == token:
            raise self._refused[1]
        return token

    async def _opened(self, caller: Caller, token: AccessToken) -> Login:
        request = oauth_request(self._credentials, caller.origin)
        try:
            async with _elsewhere(caller.road, self._origin) as road:
                login = await opened(caller.on(road, Session(_bearer(token), None)), request)
            return await verified(caller, login)
        except VaultioError as error:
            trouble = _as_refusal(error)
        if isinstance(trouble, AuthenticationError | WrongVaultError):
            self._refused = token, trouble
        raise trouble


async def opened(caller: Caller, request: Request, read: Reader[Login] = read_login) -> Login:
    """Send a login; no frame that it went through is told of what goes wrong with it."""
    try:
        return await caller.send(request, read)
    except VaultioError as error:
        trouble = error
    # They hold the form with the password, and maybe a session.
    trouble.__cause__ = trouble.__context__ = None
    raise trouble.with_traceback(None)


async def verified(caller: Caller, login: Login) -> Login:
    """Make sure that a session is for the vault that was asked for, or end it."""
    try:
        if caller.config.verify_vault:
            check_vault(login.reply, caller.origin)
    except WrongVaultError:
        await log_out(caller.road, Ticket(login.session_id, 0))
        raise
    log.info("opened a session at %s", caller.origin)
    return login


async def log_out(road: Road, ticket: Ticket) -> None:
    """End a session of ours. It is a courtesy: whatever goes wrong with it stays here."""
    story = road.story(logout_request(), "interactive")
    # A home of its own: that of the client is closed already.
    road = attrs.evolve(road, home=Home())
    try:
        with anyio.move_on_after(ENDING_S), story:
            async with AsyncExitStack() as held:
                watch = Stopwatch(ENDING_S, 0.0)
                await road.exchange(story, answers.envelope, held, ticket=ticket, stopwatch=watch)
                log.info("ended the session at %s", road.origin)
    except Exception as error:
        log.debug("the session was not ended: %s", type(error).__name__)


@asynccontextmanager
async def _elsewhere(road: Road, origin: str) -> AsyncIterator[Road]:
    """Make the road to another host: connections of its own, unless the user brought a transport.

    It has a gate of its own, too: those who hold all slots may be waiting for this login.
    """
    is_brought = road.transport is not None
    client = road.client if is_brought else open_client(road.config, None, origin)
    try:
        yield attrs.evolve(road, origin=origin, client=client, gate=Gate(1, 0))
    finally:
        if not is_brought:
            await client.aclose()


def _as_refusal(error: VaultioError) -> VaultioError:
    """Take whatever Vault has against a token as a refused login: no list says what it calls it."""
    if isinstance(error, NotVaultError) and error.http_status == 401:
        return AuthenticationError(str(error), http_status=401)
    if not isinstance(error, VaultError) or error.response_status == "EXCEPTION":
        return error
    if isinstance(error, AuthenticationError | ApiLimitError | ConflictError):
        return error
    return AuthenticationError(
        error.message,
        type=error.type,
        request=error.request,
        errors=error.errors,
        execution_id=error.execution_id,
        http_status=error.http_status,
        response_status=error.response_status,
    )
