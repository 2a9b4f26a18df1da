"""Vaults and sessions: into which vault a user comes, and for how long."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator

from attrs import define, field

from vaultio.sandbox.stores.users import HOME_VAULT, User

IDLE_TIMEOUT_S = 20 * 60.0
LIFETIME_S = 48 * 60 * 60.0


@define(kw_only=True)
class VaultEntry:
    """One vault of the domain; without a *host* it is wherever the request came to."""

    id: int
    name: str
    host: str | None = None
    application: str = "PromoMats"

    def url(self, origin: str) -> str:
        """Return its API address, without a version."""
        return f"https://{self.host}/api" if self.host else f"{origin}/api"


class Vaults:
    """The vaults that a login may land in; the first is the one this sandbox plays.

    Set *land_in* to the id of another one and every login lands there, as Vault does when the
    wanted vault cannot be used.
    """

    def __init__(self) -> None:
        self._vaults = [VaultEntry(id=HOME_VAULT, name="Sandbox")]
        self.land_in: int | None = None

    def add(self, name: str, host: str | None = None, *, vault_id: int | None = None) -> int:
        """Add a vault and return its id."""
        number = vault_id or max(vault.id for vault in self._vaults) + 7
        self._vaults.append(VaultEntry(id=number, name=name, host=host))
        return number

    def __iter__(self) -> Iterator[VaultEntry]:
        return iter(self._vaults)

    def target(self, wanted_host: str) -> VaultEntry:
        """Return where a login for *wanted_host* lands: an unusable host does not fail."""
        if self.land_in is not None:
            return next(vault for vault in self._vaults if vault.id == self.land_in)
        for vault in self._vaults:
            if vault.host is not None and vault.host.lower() == wanted_host.lower():
                return vault
        return self._vaults[0]


@define(kw_only=True)
class Session:
    """One user logged in to one vault; *open_calls* keep it from idling away.

    The *delegate* is who acts in the user's place, if it is not the user.
    """

    id: str = field(repr=False)
    user: User
    vault_id: int
    started: float
    last_used: float
    is_token: bool = False
    delegate: User | None = None
    open_calls: int = 0


class Sessions:
    """All sessions; *logins* and *failed_logins* count what came to ``/auth``."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._random = random.SystemRandom()
        self._sessions: dict[str, Session] = {}
        self.idle_timeout_s = IDLE_TIMEOUT_S
        self.lifetime_s = LIFETIME_S
        self.logins = 0
        self.failed_logins = 0

    def __len__(self) -> int:
        return sum(1 for _ in self)

    def __iter__(self) -> Iterator[Session]:
        return (one for one in self._sessions.values() if not self._ended(one))

    def start(self, user: User, vault_id: int, delegate: User | None = None) -> str:
        """Start a session and return its id."""
        self._sweep()
        session = self._add(f"{self._random.getrandbits(448):0112X}", user, vault_id)
        session.delegate = delegate
        return session.id

    def add_access_token(self, user: User, vault_id: int = HOME_VAULT) -> str:
        """Make an API access token for that user; it goes with ``Bearer`` only and never idles."""
        token = f"veeva-vault-{self._random.getrandbits(160):040x}"
        self._add(token, user, vault_id).is_token = True
        return token

    def _add(self, session_id: str, user: User, vault_id: int) -> Session:
        now = self._clock()
        session = Session(id=session_id, user=user, vault_id=vault_id, started=now, last_used=now)
        self._sessions[session_id] = session
        return session

    def find(self, authorization: str) -> Session | None:
        """Return the living session that an Authorization header names."""
        scheme, _, credential = authorization.partition(" ")
        bearer = scheme.lower() == "bearer"
        session = self._sessions.get(credential.strip() if bearer else authorization)
        if session is None or (session.is_token and not bearer):
            return None
        if self._ended(session):
            self.end(session.id)
            return None
        return session

    def _ended(self, session: Session) -> bool:
        if session.is_token:
            return False
        now = self._clock()
        idle = not session.open_calls and now - session.last_used > self.idle_timeout_s
        return idle or now - session.started > self.lifetime_s

    def _sweep(self) -> None:
        for session in [one for one in self._sessions.values() if self._ended(one)]:
            self.end(session.id)

    def enter(self, session: Session) -> None:
        """Note that a call of this session is running."""
        session.open_calls += 1

    def leave(self, session: Session) -> None:
        """Note that a call of this session is over; the idle time counts from here."""
        session.open_calls -= 1
        session.last_used = self._clock()

    def end(self, session_id: str) -> None:
        """End one session."""
        self._sessions.pop(session_id, None)

    def end_of(self, user: User) -> None:
        """End what a user has open; access tokens stay, and find the user inactive."""
        for session in list(self._sessions.values()):
            if session.user is user and not session.is_token:
                self.end(session.id)

    def end_all(self) -> int:
        """End every session (access tokens stay) and return how many there were."""
        ended = [session.id for session in self._sessions.values() if not session.is_token]
        for session_id in ended:
            self.end(session_id)
        return len(ended)
