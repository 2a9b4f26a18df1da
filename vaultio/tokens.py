"""Tokens of an identity provider: where they are found, and which host they are for.

All but `login_host` blocks.
"""

from __future__ import annotations

from ipaddress import ip_address
from urllib.parse import urlsplit

from vaultio.credentials import LOGIN_HOST, AccessToken, Secret, TokenSource, hidden
from vaultio.errors import AuthenticationError, InvalidArgumentError
from vaultio.references import looked_up


def login_host(url: str, host: str | None = None) -> str:
    """Say where the tokens for a vault go: to *host*, else to Vault's one login service.

    A vault on this machine is a sandbox, and its own login service: what is said to it goes to
    nobody else.
    """
    if host is not None:
        return host
    try:
        name = urlsplit(url).hostname or ""
        is_here = name == "localhost" or ip_address(name).is_loopback
    except ValueError:
        is_here = False
    return url if is_here else LOGIN_HOST


def token_at(reference: str) -> Secret:
    """Look a token up; `InvalidArgumentError` names the reference, also of what is no token."""
    token = hidden(looked_up(reference))
    try:
        return AccessToken(token).token
    except InvalidArgumentError as error:
        raise InvalidArgumentError(
            f"what is found under {reference} is no token: {error}"
        ) from None


def token_source(reference: str) -> TokenSource:
    """Make the function that looks a token up anew for each login.

    Where nothing is found any more that is an `AuthenticationError`: it is every call's.
    """

    def look() -> Secret:
        try:
            return token_at(reference)
        except InvalidArgumentError as error:
            raise AuthenticationError(f"no token to log in with: {error}") from None

    look.__qualname__ = reference  # by which it is named in a repr, and in an error
    return look
