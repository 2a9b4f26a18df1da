"""An identity provider that the vault trusts: its profiles, its tokens, and who comes in by it."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator

from attrs import define, field

from vaultio.sandbox.failures import RefusedError
from vaultio.sandbox.stores.users import User

LIFETIME_S = 3600.0
PROFILE = "_oidc_main"


@define(kw_only=True)
class Profile:
    """One OAuth 2.0 / OpenID Connect profile of the domain.

    *clients* maps the id of an application to what the authorization server calls it.
    """

    id: str
    label: str = "OpenID Connect"
    description: str = ""
    provider: str = "azure"
    uses_msal: bool = True
    clients: dict[str, str] = field(factory=dict)
    token_endpoint: str = "https://idp.example.com/oauth2/token"


@define(kw_only=True)
class Token:
    """One access token: whose it is, and when it ends by the sandbox's clock."""

    id: int
    text: str = field(repr=False)
    user: User
    expires: float
    is_revoked: bool = False
    logins: int = 0


class Identity:
    """Issues tokens and says whose they are; there is one profile to begin with.

    *ways* says by user name, in small letters, how somebody comes in who does not by password: by
    these profiles, or by SAML if there are none. *refusal* is the error type for a token that is
    not taken: no page of the reference says which it is.
    """

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._random = random.SystemRandom()
        self._tokens: dict[str, Token] = {}
        self.profiles = {PROFILE: Profile(id=PROFILE)}
        self.ways: dict[str, list[str]] = {}
        self.refusal = "INVALID_SESSION_ID"

    def __iter__(self) -> Iterator[Token]:
        return iter(self._tokens.values())

    def issue(self, user: User, lifetime_s: float = LIFETIME_S) -> str:
        """Make a token for a user, good for so many seconds, and return it."""
        text = f"idp-token-{self._random.getrandbits(160):040x}"
        number = len(self._tokens) + 1
        expires = self._clock() + lifetime_s
        self._tokens[text] = Token(id=number, text=text, user=user, expires=expires)
        return text

    def expire_all(self) -> int:
        """Let all tokens that are good expire now, and return how many there were."""
        good = [token for token in self if self.is_good(token)]
        for token in good:
            token.expires = self._clock()
        return len(good)

    def revoke(self, number: int) -> bool:
        """Revoke the token of that id; False if there is none."""
        found = [token for token in self if token.id == number]
        for token in found:
            token.is_revoked = True
        return bool(found)

    def is_good(self, token: Token) -> bool:
        """Whether a token would be taken."""
        return not token.is_revoked and self._clock() < token.expires

    def check(self, profile_id: str, authorization: str) -> User:
        """Say whose token this is, or refuse it."""
        scheme, _, text = authorization.partition(" ")
        token = self._tokens.get(text.strip()) if scheme.lower() == "bearer" else None
        if profile_id not in self.profiles:
            raise self._refused("There is no such profile.")
        if token is None or not self.is_good(token):
            raise self._refused("The access token is not valid, or has expired.")
        if not token.user.active:
            raise RefusedError(
                "INACTIVE_USER", "User is inactive.", errorType="AUTHENTICATION_FAILED"
            )
        token.logins += 1
        return token.user

    def _refused(self, message: str) -> RefusedError:
        return RefusedError(self.refusal, message, errorType="AUTHENTICATION_FAILED")
