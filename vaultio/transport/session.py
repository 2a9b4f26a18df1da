"""The session that calls are made with: opened once, renewed once, whoever waits for it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from copy import deepcopy

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
    """A login under way, and how it ended for all who wait for it."""

    def __init__(self) -> None:
        self.landed = anyio.Event()
        self.error: VaultioError | None = None


class Session:
    """Hands out tickets. However many tasks ask, one login is under way at most.

    Credentials that Vault refused are never sent a second time: the account would be locked.
    """

    def __init__(
        self,
        credentials: Credentials,
        log_in: Callable[[Password, float | None], Awaitable[Login]],
    ) -> None:
        self._credentials = credentials
        self._log_in = log_in
        self._ticket: Ticket | None = None
        self._generation = 0
        self._flight: _Flight | None = None
        self._refused: VaultioError | None = None
        self._refused_until = float("inf")
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

    async def ticket(self, max_wait_s: float | None = None) -> Ticket:
        """Hand out the current ticket, logging in first if there is none.

        A login of one's own waits *max_wait_s* seconds for quota at most.
        """
        while self._ticket is None:
            await self._renewed(max_wait_s)
        return self._ticket

    def drop(self, ended: Ticket) -> bool:
        """Forget a session that *ended*; False where vaultio has no means to open another.

        If somebody else has renewed it meanwhile there is nothing to do.
        """
        if not isinstance(self._credentials, Password):
            return False
        if self._ticket is not None and self._ticket.generation == ended.generation:
            self._ticket = None
        return True

    async def _renewed(self, max_wait_s: float | None) -> None:
        """Log in, or wait for the login that is under way; its error is everybody's."""
        if self._refused is not None and anyio.current_time() < self._refused_until:
            raise deepcopy(self._refused)
        flight = self._flight
        if flight is None:
            await self._lead(max_wait_s)
            return
        await flight.landed.wait()
        if flight.error is not None:
            raise deepcopy(flight.error)

    async def _lead(self, max_wait_s: float | None) -> None:
        """Log in on behalf of all; a leader that is cancelled leaves it to the next waiter.

        So does one without the patience to wait for quota: others may have more.
        """
        assert isinstance(self._credentials, Password)
        self._flight = flight = _Flight()
        try:
            login = await self._log_in(self._credentials, max_wait_s)
        except QuotaWaitError:
            raise
        except VaultioError as error:
            # Everybody gets one of his own: what is noted on it is about his call alone.
            flight.error = deepcopy(error)
            self._remember(flight.error)
            raise
        else:
            self._generation += 1
            self._ticket = Ticket(login.session_id, self._generation)
            self._refused = None
        finally:
            self._flight = None
            flight.landed.set()

    def _remember(self, error: VaultioError) -> None:
        if isinstance(error, AuthenticationError | WrongVaultError):
            self._refused, self._refused_until = error, float("inf")
        elif isinstance(error, ApiLimitError):
            self._refused, self._refused_until = error, anyio.current_time() + LIMITED_FOR_S
