"""One session, whoever needs it."""

from __future__ import annotations

import anyio
import pytest

from tests.leaks import PASSWORD, SESSION_ID, told_by
from tests.transport.server import (
    DOCUMENT,
    SUCCESS,
    answers,
    client,
    failure,
    login,
    logins,
)
from vaultio import (
    AuthenticationError,
    Config,
    ConnectionLostError,
    DeadlineError,
    Limiter,
    Password,
    Quota,
    QuotaWaitError,
    SessionExpiredError,
    Vault,
    VaultioError,
    WrongVaultError,
)
from vaultio.sandbox.raw import RawRequest, RawServer, Reaction, Send, Wait
from vaultio.transport.connections.pool import Wire
from vaultio.transport.session import Flight, HeldLoginError


async def test_calls_that_start_together_log_in_once() -> None:
    """A client's first 50 calls share one login."""
    async with RawServer(answers(DOCUMENT)) as server, client(server) as vault:
        async with anyio.create_task_group() as tasks:
            for _ in range(50):
                tasks.start_soon(vault.documents.retrieve, 7)
    assert logins(server) == 1


async def test_a_login_that_is_no_http_is_not_quoted() -> None:
    """What a broken proxy sends without cutting it into chunks may hold the session."""
    text = b'{"responseStatus": "SUCCESS", "sessionId": "%s"}\r\n' % SESSION_ID.encode()
    answer = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + text
    credentials, once = Password("ana@example.com", PASSWORD), Config(max_tries=1)
    # Not httpx's own transport, which logs what it cannot read when told to log everything.
    async with (
        RawServer([answer]) as server,
        Vault(server.url, credentials, api_version="v11.0", config=once, transport=Wire()) as vault,
    ):
        with pytest.raises(ConnectionLostError, match=r"illegal chunk header: …$") as caught:
            await vault.documents.retrieve(7)
    assert SESSION_ID not in told_by(caught.value)


@pytest.mark.parametrize(
    ("reply", "reason"),
    [(login(host="other.veevavault.com"), "other.veevavault.com"), (login(vault_id=99), "99")],
)
async def test_a_login_that_lands_in_another_vault_is_refused(reply: bytes, reason: str) -> None:
    """A session for another vault is ended and never used."""
    async with RawServer([reply, SUCCESS]) as server, client(server) as vault:
        with pytest.raises(WrongVaultError, match=reason):
            await vault.documents.retrieve(7)
        with pytest.raises(WrongVaultError):
            await vault.documents.retrieve(7)
    assert [(r.method, r.target) for r in server.requests] == [
        ("POST", "/api/v11.0/auth"),
        ("DELETE", "/api/v11.0/session"),
    ]


async def test_a_cancelled_login_is_taken_over() -> None:
    """When the task that logs in is cancelled, the next one that waits logs in."""

    def react(request: RawRequest) -> Reaction:
        if request.target.endswith("/auth"):
            return [Wait(0.1), Send(login())]
        return DOCUMENT

    async with RawServer(react) as server, client(server) as vault:
        async with anyio.create_task_group() as tasks:
            with anyio.move_on_after(0.05):
                tasks.start_soon(vault.documents.retrieve, 7)
                await vault.documents.retrieve(7)
        assert (await vault.documents.retrieve(7)).id == 7


async def test_a_session_that_was_handed_in_is_neither_renewed_nor_ended() -> None:
    """With a session id alone, its end is the caller's to know; leaving does not log out."""
    async with RawServer([failure("INVALID_SESSION_ID")]) as server:
        async with client(server, password=False) as vault:
            with pytest.raises(SessionExpiredError):
                await vault.documents.retrieve(7)
    assert [request.headers["authorization"] for request in server.requests] == ["S-0"]


async def test_leaving_ends_the_session_that_we_opened() -> None:
    """The session is ended when the client closes."""
    async with RawServer(answers(DOCUMENT)) as server, client(server) as vault:
        await vault.documents.retrieve(7)
    last = server.requests[-1]
    assert (last.method, last.target) == ("DELETE", "/api/v11.0/session")


async def test_a_failure_to_end_the_session_stays_inside() -> None:
    """Leaving never fails because the session could not be ended."""

    def react(request: RawRequest) -> Reaction:
        return login() if request.target.endswith("/auth") else failure("MALFORMED_URL")

    async with RawServer(react) as server, client(server) as vault:
        with pytest.raises(VaultioError):
            await vault.documents.retrieve(7)


async def test_a_session_that_ends_again_and_again_gives_up() -> None:
    """A vault that refuses every new session does not cause endless logins."""
    async with (
        RawServer(answers(failure("INVALID_SESSION_ID"))) as server,
        client(server) as vault,
    ):
        with pytest.raises(SessionExpiredError):
            await vault.documents.retrieve(7)
    assert logins(server) == 3


async def test_one_limiter_serves_two_clients() -> None:
    """Two clients of the same vault may share the quota."""
    limiter = Limiter()
    async with RawServer(answers(DOCUMENT)) as server:
        for _ in range(2):
            credentials = Password("ana@example.com", PASSWORD)
            vault = Vault(server.url, credentials, api_version="v11.0", limiter=limiter)
            async with vault:
                await vault.documents.retrieve(7)
    assert (await limiter.usage()).quotas[0].used == 6


async def test_an_error_of_the_login_is_each_caller_s_own() -> None:
    """What a bulk call notes on the error of a login does not turn up at the next caller."""
    async with RawServer([failure("USER_LOCKED_OUT")]) as server, client(server) as vault:
        with pytest.raises(AuthenticationError) as bulk:
            await anext(vault.documents.create_many([{"name__v": "A"}]))
        with pytest.raises(AuthenticationError) as other:
            await vault.documents.retrieve(7)
    assert (len(bulk.value.__notes__), hasattr(other.value, "__notes__")) == (1, False)


async def test_a_login_waits_for_quota_no_longer_than_its_call() -> None:
    """A session that ends when the quota is used up makes no web request hang."""
    limiter = Limiter(burst=Quota(2, 300.0), pace=None)
    script = answers(failure("INVALID_SESSION_ID"))
    credentials = Password("ana@example.com", PASSWORD)
    async with (
        RawServer(script) as server,
        Vault(server.url, credentials, api_version="v11.0", limiter=limiter) as vault,
    ):
        with anyio.fail_after(5), pytest.raises(QuotaWaitError):
            await vault.with_options(max_wait_s=0.5).documents.retrieve(7)


async def test_who_has_no_time_left_for_quota_is_told_of_the_quota() -> None:
    """Whatever becomes of the login meanwhile: that nobody answered in time would be wrong."""
    flight = Flight()
    flight.ready.set()
    with pytest.raises(HeldLoginError):
        await flight.wait(0.0, 5.0)
    flight.sent.set()
    with pytest.raises(TimeoutError) as unanswered:
        await flight.wait(1.0, 0.01)
    assert type(unanswered.value) is TimeoutError


async def test_a_login_of_others_is_not_waited_for_endlessly() -> None:
    """A call with a limit in time keeps it, though the login under way has none."""
    async with RawServer([[Wait(60)]]) as server, client(server) as vault:
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(vault.documents.retrieve, 7)
            await anyio.wait_all_tasks_blocked()
            view = vault.with_options(timeout_s=0.2, max_wait_s=0.1)
            with anyio.fail_after(5), pytest.raises(DeadlineError, match="no session"):
                await view.documents.retrieve(8)
            tasks.cancel_scope.cancel()
