"""The session that calls are made with: opened once, renewed once, whoever waits for it."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from copy import deepcopy
from math import inf

import anyio
from attrs import frozen

from vaultio.credentials import AccessToken, Credentials, Password, Secret, SessionId
from vaultio.errors import (
    ApiLimitError,
    AuthenticationError,
    QuotaWaitError,
    VaultioError,
    WrongVaultError,
)
from vaultio.protocol.login import Login

LIMITED_FOR_S = 60.0


@frozen
class Ticket:
    """What one call sends as ``Authorization``, and which login it stems from (0: none)."""

    header: Secret
    generation: int


class _Flight:
    """A login under way: when it was sent, when it landed, and what went wrong with it.

    The *error* is everybody's who waits, or that of him alone who began it.
    """

    def __init__(self) -> None:
        self.sent, self.landed = anyio.Event(), anyio.Event()
        self.error: Exception | None = None
        self.is_everybodys = False
        self.task: asyncio.Task[None] | None = None

    async def wait(self, patience_s: float | None, timeout_s: float | None) -> None:
        """Wait so long for it to be sent, and then so long for it to land; or TimeoutError."""
        with anyio.fail_after(patience_s) as scope:
            await self.sent.wait()
            scope.deadline = inf if timeout_s is None else anyio.current_time() + timeout_s
            await self.landed.wait()


class Session:
    """Hands out tickets. However many tasks ask, one login is under way at most.

    Credentials that Vault refused are never sent a second time: the account would be locked.
    """

    def __init__(
        self,
        credentials: Credentials,
        log_in: Callable[[Password, float | None, Callable[[], None]], Awaitable[Login]],
    ) -> None:
        self._credentials = credentials
        self._log_in = log_in
        self._ticket: Ticket | None = None
        self._generation = 0
        self._flight: _Flight | None = None
        self._refused: VaultioError | None = None
        self._refused_until = inf
        self._failed: Exception | None = None
        self._failed_s = 0.0
        if isinstance(credentials, SessionId):
            text = credentials.session_id.reveal()
            self._ticket = Ticket(Secret(f"Bearer {text}" if credentials.bearer else text), 0)
        elif isinstance(credentials, AccessToken):
            self._ticket = Ticket(Secret(f"Bearer {credentials.token.reveal()}"), 0)

    @property
    def is_ours(self) -> bool:
        """Whether there is a session that we opened, and so have to end."""
        return self._ticket is not None and self._ticket.generation > 0

    @property
    def at_hand(self) -> Ticket | None:
        """The current ticket, if there is one."""
        return self._ticket

    async def ticket(
        self,
        max_wait_s: float | None = None,
        timeout_s: float | None = None,
        since_s: float = inf,
    ) -> Ticket:
        """Hand out the current ticket, logging in first if there is none.

        A login of one's own waits *max_wait_s* seconds for quota at most. Raises TimeoutError
        when it, or that of another, is not answered *timeout_s* seconds after it was sent.

        A login that failed after *since_s*, when the call began that wants the ticket, has failed
        for it: those who waited for a slot meanwhile do not log in again one after the other.
        """
        if self._ticket is None and self._failed is not None and since_s < self._failed_s:
            raise deepcopy(self._failed)
        while self._ticket is None:
            await self._renewed(max_wait_s, timeout_s)
        return self._ticket

    async def give_up(self) -> None:
        """End the login that is under way, if there is one."""
        if self._flight is not None and self._flight.task is not None:
            self._flight.task.cancel()
            await self._flight.landed.wait()

    def drop(self, ended: Ticket) -> bool:
        """Forget a session that *ended*; False where vaultio has no means to open another.

        If somebody else has renewed it meanwhile there is nothing to do.
        """
        if not isinstance(self._credentials, Password):
            return False
        if self._ticket is not None and self._ticket.generation == ended.generation:
            self._ticket = None
        return True

    async def _renewed(self, max_wait_s: float | None, timeout_s: float | None) -> None:
        """Log in, or wait for the login that is under way; its error is everybody's.

        It goes on when those who wait for it give up: Vault locks out who logs in too often, and
        whatever cancels one task in a moment may cancel a thousand.
        """
        if self._refused is not None and anyio.current_time() < self._refused_until:
            raise deepcopy(self._refused)
        flight, is_ours = self._flight, False
        if flight is None:
            self._flight = flight = _Flight()
            is_ours = True
            flight.task = asyncio.create_task(self._fly(flight, max_wait_s), name="vaultio login")
            flight.task.add_done_callback(lambda _: self._land(flight))
        # For its quota a login of our own waits no longer than we may, and says how long that is.
        await flight.wait(None if is_ours else max_wait_s, timeout_s)
        if flight.error is not None and (is_ours or flight.is_everybodys):
            # Everybody gets one of his own: what is noted on it is about his call alone.
            raise deepcopy(flight.error) if flight.is_everybodys else flight.error

    async def _fly(self, flight: _Flight, max_wait_s: float | None) -> None:
        """Log in on behalf of all; what goes wrong stands in *flight*."""
        assert isinstance(self._credentials, Password)
        try:
            login = await self._log_in(self._credentials, max_wait_s, flight.sent.set)
        except Exception as error:
            # Who has no patience to wait for quota has it for himself: others may have more.
            is_own = isinstance(error, QuotaWaitError) or not isinstance(error, VaultioError)
            flight.is_everybodys, flight.error = not is_own, error.with_traceback(None)
            if not is_own:
                self._failed, self._failed_s = flight.error, anyio.current_time()
                self._remember(error)
        else:
            self._generation += 1
            self._ticket = Ticket(login.session_id, self._generation)
            self._refused = None

    def _land(self, flight: _Flight) -> None:
        """Wake all; also for a login that was cancelled before it began."""
        self._flight = None
        flight.sent.set()
        flight.landed.set()

    def _remember(self, error: Exception) -> None:
        if isinstance(error, AuthenticationError | WrongVaultError):
            self._refused, self._refused_until = error, inf
        elif isinstance(error, ApiLimitError):
            self._refused, self._refused_until = error, anyio.current_time() + LIMITED_FOR_S
