"""The session that calls are made with: opened once, renewed once, whoever waits for it."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from copy import deepcopy
from math import inf
from typing import Protocol

import anyio
from attrs import frozen

from vaultio.credentials import Secret
from vaultio.errors import (
    ApiLimitError,
    AuthenticationError,
    QuotaWaitError,
    SessionExpiredError,
    VaultioError,
    WrongVaultError,
)
from vaultio.limiter.clock import loop_time
from vaultio.protocol.login import Login

LIMITED_FOR_S = 60.0
LIFETIME_S = 48 * 3600.0
"""After this Vault ends every session, however busy (supplement 1.8)."""
AHEAD_S = 30 * 60.0
"""How long before that another one is opened, while calls go on with the old one."""
_AHEAD_AGAIN_S = 300.0
_REFUSALS = (AuthenticationError, WrongVaultError)


@frozen
class Ticket:
    """What one call sends as ``Authorization``, and which login it stems from (0: none).

    *more* are the names and values of further headers that go with it.
    """

    header: Secret
    generation: int
    more: tuple[tuple[str, str], ...] = ()


class HeldLoginError(TimeoutError):
    """The login before a call still waits for quota, and for that the call has no more time."""


class Flight:
    """A login under way: when its token was there, when it was sent and landed, what went wrong.

    The *error* is everybody's who waits, or that of him alone who began it.
    """

    def __init__(self) -> None:
        self.ready, self.sent, self.landed = anyio.Event(), anyio.Event(), anyio.Event()
        self.error: Exception | None = None
        self.is_everybodys = False
        self.task: asyncio.Task[None] | None = None

    async def wait(self, patience_s: float | None, timeout_s: float | None) -> None:
        """Wait for it to land, or TimeoutError: so long for its quota, so long for each other part.

        The parts are what it takes to have a token, and its time on the wire. Of a wait for quota
        that was too long it is a `HeldLoginError`.
        """
        is_held = False
        with anyio.move_on_after(timeout_s) as scope:
            await self.ready.wait()
            scope.deadline = inf if patience_s is None else anyio.current_time() + patience_s
            is_held = True
            await self.sent.wait()
            scope.deadline = inf if timeout_s is None else anyio.current_time() + timeout_s
            is_held = False
            await self.landed.wait()
        if scope.cancelled_caught:
            raise HeldLoginError if is_held else TimeoutError


class LogIn(Protocol):
    """Opens a session, and tells of its steps: `Flight.ready`, `Flight.sent`."""

    @property
    def may_change(self) -> bool:
        """Whether what was refused may be another thing the next time."""

    async def __call__(self, flight: Flight, max_wait_s: float | None) -> Login:
        """Log in, waiting *max_wait_s* seconds for quota at most."""


class Watch(Protocol):
    """Is told of each session that there is; see `transport.keeper`."""

    def begin(self, session: Session) -> None:
        """Begin to look after it, or go on."""

    async def end(self) -> None:
        """Look after nothing any more."""


class Session:
    """Hands out tickets. However many tasks ask, one login is under way at most.

    It begins with a ticket that was *given*, or without one; *log_in* is how to have another, if
    there is a way. Credentials that Vault refused are never sent a second time: the account would
    be locked. *advice* says what to do when a session has ended that cannot be renewed.
    """

    def __init__(
        self,
        given: Ticket | None,
        log_in: LogIn | None,
        *,
        watch: Watch | None = None,
        advice: str = "",
        is_delegated: bool = False,
    ) -> None:
        self._log_in = log_in
        self._watch = watch
        self._advice = advice
        self.is_delegated = is_delegated
        self._ticket = given
        self._former: Ticket | None = None
        self._began_s = self._look_s = -inf
        self._generation = 0
        self._flight: Flight | None = None
        self._refused: VaultioError | None = None
        self._refused_until = inf
        self._failed: Exception | None = None
        self._failed_s = 0.0

    @property
    def at_hand(self) -> Ticket | None:
        """The current ticket, if there is one that can still be good."""
        if self._ticket is not None and loop_time() >= self._look_s:
            self._look_after()
        return self._ticket

    def ours(self) -> Iterator[Ticket]:
        """Yield the sessions that we opened and that may still be open: we have to end them."""
        for ticket in (self._ticket, self._former):
            if ticket is not None and ticket.generation > 0:
                yield ticket

    @property
    def delay(self) -> str:
        """What a login that is under way waits for, where that is not Vault; to end a sentence."""
        waits = self._flight is not None and not self._flight.ready.is_set()
        return ": it waits for a token of the identity provider" if waits else ""

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
            raise _copied(self._failed)
        began_s, left_s = loop_time(), max_wait_s
        while self._ticket is None:
            await self._renewed(left_s, timeout_s)
            if max_wait_s is not None:
                left_s = max(0.0, began_s + max_wait_s - loop_time())
        return self._ticket

    async def give_up(self) -> None:
        """End the login that is under way, if there is one, and look after nothing any more."""
        if self._watch is not None:
            await self._watch.end()
        if self._flight is not None and self._flight.task is not None:
            self._flight.task.cancel()
            await self._flight.landed.wait()

    def drop(self, ended: Ticket) -> bool:
        """Forget a session that *ended*; False where vaultio has no means to open another.

        If somebody else has renewed it meanwhile there is nothing to do.
        """
        if self._log_in is None:
            return False
        for ticket in (self._ticket, self._former):
            if ticket is not None and ticket.generation == ended.generation:
                self._forget(ticket)
        return True

    def lost(self, error: SessionExpiredError) -> SessionExpiredError:
        """Say what to do about a session that ended for good."""
        if self._advice:
            error.message = f"{error.message} ({self._advice})"
        return error

    @property
    def _is_held(self) -> bool:
        """Whether a login would be, or is likely to be, refused as the last one was."""
        return self._refused is not None and anyio.current_time() < self._refused_until

    def _forget(self, ticket: Ticket) -> None:
        if ticket is self._ticket:
            self._ticket = None
        else:
            self._former = None

    def _look_after(self) -> None:
        """See to a session at its beginning and near its end; `_look_s` says when again."""
        now, self._look_s = loop_time(), inf
        if self._watch is not None:
            self._watch.begin(self)
        if self._log_in is None:
            return
        left_s = self._began_s + LIFETIME_S - now
        if left_s <= 0:
            self._ticket = None  # no need to ask Vault
        elif left_s > AHEAD_S:
            self._look_s = now + left_s - AHEAD_S
        else:
            self._look_s = now + _AHEAD_AGAIN_S
            if self._flight is None and not self._is_held:
                self._take_off(None)

    async def _renewed(self, max_wait_s: float | None, timeout_s: float | None) -> None:
        """Log in, or wait for the login that is under way; its error is everybody's.

        It goes on when those who wait for it give up: Vault locks out who logs in too often, and
        whatever cancels one task in a moment may cancel a thousand.
        """
        if self._refused is not None and self._is_held:
            raise _copied(self._refused)
        flight, is_ours = self._flight, False
        if flight is None:
            flight, is_ours = self._take_off(max_wait_s), True
        # For its quota a login of our own waits no longer than we may, and says how long that is.
        await flight.wait(None if is_ours else max_wait_s, timeout_s)
        if flight.error is not None and (is_ours or flight.is_everybodys):
            # Everybody gets one of his own: what is noted on it is about his call alone.
            raise _copied(flight.error) if flight.is_everybodys else flight.error

    def _take_off(self, max_wait_s: float | None) -> Flight:
        """Begin a login on behalf of all."""
        self._flight = flight = Flight()
        flight.task = asyncio.create_task(self._fly(flight, max_wait_s), name="vaultio login")
        flight.task.add_done_callback(lambda _: self._land(flight))
        return flight

    async def _fly(self, flight: Flight, max_wait_s: float | None) -> None:
        """Log in; what goes wrong stands in *flight*."""
        assert self._log_in is not None
        began_s = loop_time()
        try:
            login = await self._log_in(flight, max_wait_s)
        except Exception as error:
            # Who has no patience to wait for quota has it for himself: others may have more.
            is_own = isinstance(error, QuotaWaitError) or not isinstance(error, VaultioError)
            flight.is_everybodys, flight.error = not is_own, error.with_traceback(None)
            if not is_own:
                self._failed, self._failed_s = flight.error, anyio.current_time()
                self._remember(error)
        else:
            self._generation += 1
            self._former = self._ticket  # calls under way go on with it; it ends by itself soon
            self._ticket = Ticket(login.session_id, self._generation)
            self._began_s, self._refused = began_s, None
            self._look_after()

    def _land(self, flight: Flight) -> None:
        """Wake all; also for a login that was cancelled before it began."""
        self._flight = None
        flight.ready.set()
        flight.sent.set()
        flight.landed.set()

    def _remember(self, error: Exception) -> None:
        assert self._log_in is not None
        if isinstance(error, ApiLimitError):
            self._refused, self._refused_until = error, anyio.current_time() + LIMITED_FOR_S
        elif not self._log_in.may_change and isinstance(error, _REFUSALS):
            self._refused, self._refused_until = error, inf


def _copied(error: Exception) -> Exception:
    """Copy an error for one more call that it ends, with what it came from."""
    copied = deepcopy(error)
    copied.__cause__ = error.__cause__
    return copied
