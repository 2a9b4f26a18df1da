"""Users: who they are, which vaults of the domain they belong to, and whether they may come in."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from attrs import define, field

from vaultio.sandbox.failures import RefusedError, invalid, not_found

HOME_VAULT = 3101
TRIES_BEFORE_LOCK = 5
DEFAULT_PROFILE = "document_user__v"
DEFAULT_LICENSE = "full__v"
SECURITY_PROFILES = (
    "business_admin__v",
    DEFAULT_PROFILE,
    "external_user__v",
    "read_only_user__v",
    "system_admin__v",
    "vault_owner__v",
)
ADMINISTRATORS = ("system_admin__v", "vault_owner__v")


@define(kw_only=True)
class Membership:
    """What a user is in one vault; an inactive member keeps profile and license."""

    active: bool = True
    security_profile: str = DEFAULT_PROFILE
    license_type: str = DEFAULT_LICENSE


def _at_home() -> dict[int, Membership]:
    return {HOME_VAULT: Membership()}


@define(kw_only=True)
class User:
    """Somebody with a password. *fields* are the profile's values by API name.

    *memberships* are by vault id; a user of the domain alone has none.
    """

    id: int
    username: str
    password: str = field(repr=False)
    memberships: dict[int, Membership] = field(factory=_at_home)
    domain_active: bool = True
    domain_admin: bool = False
    locked_out: bool = False
    must_change_password: bool = False
    api_access: bool = True
    may_read_jobs: bool = False
    wrong_tries: int = 0
    created: str = ""
    created_by: int = 1
    modified: str = ""
    modified_by: int = 1
    last_login: str = ""
    picture: bytes | None = field(default=None, repr=False)
    fields: dict[str, Any] = field(factory=dict)

    @property
    def active(self) -> bool:
        """Whether the user may enter the vault that this sandbox plays."""
        return self.is_active(HOME_VAULT)

    @active.setter
    def active(self, active: bool) -> None:
        self.memberships.setdefault(HOME_VAULT, Membership()).active = active

    def is_active(self, vault_id: int) -> bool:
        """Whether the user may enter that vault."""
        membership = self.memberships.get(vault_id)
        return self.domain_active and membership is not None and membership.active

    def administers(self, vault_id: int) -> bool:
        """Whether the user may change the users of that vault."""
        membership = self.memberships.get(vault_id)
        profile = membership.security_profile if membership is not None else ""
        return self.domain_admin or profile in ADMINISTRATORS

    def check(self, password: str) -> None:
        """Let the user in, or say why not."""
        if self.locked_out:
            raise _login_failure("USER_LOCKED_OUT", "User is locked out.")
        if password != self.password:
            self.wrong_tries += 1
            self.locked_out = self.wrong_tries >= TRIES_BEFORE_LOCK
            raise wrong_password()
        self.wrong_tries = 0
        if not self.active:
            raise _login_failure("INACTIVE_USER", "User is inactive.")
        if self.must_change_password:
            raise _login_failure("PASSWORD_CHANGE_REQUIRED", "Password change required.")


def _login_failure(error_type: str, message: str) -> RefusedError:
    return RefusedError(error_type, message, errorType="AUTHENTICATION_FAILED")


def wrong_password() -> RefusedError:
    """Say that name or password is wrong, without saying which."""
    return _login_failure(
        "USERNAME_OR_PASSWORD_INCORRECT",
        "Authentication failed for user: invalid username or password.",
    )


def no_password() -> RefusedError:
    """Say that the login had no password."""
    return _login_failure("NO_PASSWORD_PROVIDED", "No password was provided for the login call.")


class Users:
    """The users of the domain, by name or by id; *now* gives the dates in their records."""

    def __init__(self, now: Callable[[], str] = lambda: "2026-01-05T08:30:00.000Z") -> None:
        self._now = now
        self._users: dict[str, User] = {}

    def add(
        self,
        username: str,
        password: str,
        *,
        active: bool = True,
        security_profile: str = DEFAULT_PROFILE,
        **settings: Any,
    ) -> User:
        """Add a user of this vault; *settings* are the further fields of `User`."""
        settings.setdefault("id", self._free_id())
        home = Membership(active=active, security_profile=security_profile)
        settings.setdefault("memberships", {HOME_VAULT: home})
        settings.setdefault("created", self._now())
        settings.setdefault("modified", settings["created"])
        user = User(username=username, password=password, **settings)
        self._users[username.lower()] = user
        return user

    def _free_id(self) -> int:
        return max((user.id for user in self), default=46915) + 1

    def rename(self, user: User, username: str) -> None:
        """Give a user another login name, or refuse one that is taken."""
        if self._users.get(username.lower(), user) is not user:
            raise invalid(f"The user name [{username}] is already in use.")
        self._users.pop(user.username.lower(), None)
        user.username = username
        self._users[username.lower()] = user

    def find(self, username: str) -> User | None:
        """Return the user of that name, if there is one."""
        return self._users.get(username.lower())

    def with_id(self, user_id: str | int) -> User:
        """Return the user of that id, or refuse."""
        for user in self:
            if str(user.id) == str(user_id):
                return user
        raise not_found(f"users/{user_id}")

    def has(self, user_id: int) -> bool:
        """Whether there is a user of that id."""
        return any(user.id == user_id for user in self)

    def __getitem__(self, username: str) -> User:
        return self._users[username.lower()]

    def __iter__(self) -> Iterator[User]:
        return iter(self._users.values())
