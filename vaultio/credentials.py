"""Who calls: a password, a token of an identity provider, a session or token from elsewhere.

A secret is kept in a `Secret`, which shows itself nowhere but to the code that puts it on the
wire; so neither a log record nor a traceback with local variables can give it away.
"""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable
from typing import Any
from weakref import WeakValueDictionary

from attrs import field, frozen

from vaultio.errors import InvalidArgumentError

LOGIN_HOST = "login.veevavault.com"
"""Where Vault takes the tokens of identity providers, and says how a user logs in."""

_HOST = re.compile(r"(?:https://)?([A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?(?::[0-9]{1,5})?)/?")


class Secret:
    """A text that prints as ``***``; `reveal` hands it out."""

    __slots__ = ("__weakref__", "_text", "written")

    def __init__(self, text: str) -> None:
        self._text = text
        self.written: tuple[Secret, ...] | None = None
        """How it may stand in a log, once the log has worked that out."""

    def reveal(self) -> str:
        """Hand out the text: for the one line that writes it to the wire."""
        return self._text

    def __repr__(self) -> str:
        return "***"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Secret) and other._text == self._text

    def __hash__(self) -> int:
        return hash((Secret, self._text))


def hidden(value: Any) -> Secret:
    """Put a text out of sight before anybody looks at it; what is a `Secret` stays the same."""
    return value if isinstance(value, Secret) else Secret(value)


_KNOWN: WeakValueDictionary[int, Secret] = WeakValueDictionary()
"""The secrets in use, so that logs can be kept clear of them; it keeps none of them alive."""


def remembered(secret: Secret) -> Secret:
    """Have a secret blotted out of the logs for as long as it is in use."""
    _KNOWN[id(secret)] = secret
    return secret


def secrets_in_use() -> tuple[Secret, ...]:
    """List what `remembered` was told of and is still in use."""
    found = [reference() for reference in _KNOWN.valuerefs()]
    return tuple([secret for secret in found if secret is not None])


def _secret(value: str | Secret) -> Secret:
    """Take a text or a secret, and refuse an empty or unprintable one without showing it."""
    secret = hidden(value)
    if not isinstance(secret.reveal(), str) or not secret.reveal():
        raise InvalidArgumentError("the credential is empty or not a text")
    return remembered(secret)


def _header_secret(value: str | Secret) -> Secret:
    """Take a secret that travels in a header, where only visible ASCII may stand."""
    secret = _secret(value)
    if any(not "!" <= sign <= "~" for sign in secret.reveal()):
        raise InvalidArgumentError(
            "the credential holds a character that cannot stand in a header (space, line end or "
            "non-ASCII): look for a stray line end"
        )
    return secret


def _user_name(_: object, __: object, value: str) -> None:
    if not isinstance(value, str) or not value:
        raise InvalidArgumentError("the user name is empty")


@frozen
class Password:
    """A user name and password; vaultio opens a session with it and renews it when it ends.

    Reference: Authentication › Username & Password Authentication
    """

    username: str = field(validator=_user_name)
    password: Secret = field(converter=_secret)


TokenSource = Callable[[], str | Secret | Awaitable[str | Secret]]
"""Gets a fresh token of an identity provider, anew for each login."""


def _token(value: str | Secret | TokenSource) -> Secret | TokenSource:
    return value if callable(value) else _header_secret(value)


def name_of(token: Secret | TokenSource) -> str:
    """Name a source of tokens; its own repr may show what it was made with."""
    if isinstance(token, Secret):
        return repr(token)
    return str(getattr(token, "__qualname__", None) or type(token).__qualname__)


def _profile(_: object, __: object, value: str) -> None:
    if not isinstance(value, str) or not value.strip():
        raise InvalidArgumentError("the id of the OAuth 2.0 / OpenID Connect profile is empty")


@frozen
class OAuth:
    """An access token of an identity provider, for which Vault opens a session.

    *profile_id* names the OAuth 2.0 / OpenID Connect profile in Vault. *token* is the token, or a
    function, plain or async, that gets one: it is called once for each login, a plain one in a
    thread, and has `Config.timeout_s` seconds. A token that Vault refused is not sent again until
    it has changed. *client_id* is the id that is registered at the authorization server, where
    Vault maps it. *host* is where Vault takes the token, and the only host that ever gets it.

    Reference: Authentication › OAuth 2.0 / OpenID Connect
    """

    profile_id: str = field(validator=_profile)
    token: Secret | TokenSource = field(converter=_token, repr=name_of)
    client_id: str | None = None
    host: str = LOGIN_HOST


@frozen
class SessionId:
    """A session that somebody else opened: used as it is, never renewed, never ended.

    With *bearer* the header reads ``Bearer {session_id}`` (API v20.3 and later), else bare.
    """

    session_id: Secret = field(converter=_header_secret)
    bearer: bool = False


@frozen
class AccessToken:
    """An API access token (``veeva-vault-…``), always sent as ``Bearer``."""

    token: Secret = field(converter=_header_secret)


def _salesforce_host(value: str) -> str:
    found = _HOST.fullmatch(value) if isinstance(value, str) else None
    if found is None:
        raise InvalidArgumentError(
            f"Salesforce's host is a name like example.my.salesforce.com, "
            f"with https:// or without, not {value!r}"
        )
    return found[1]


@frozen
class SalesforceSession:
    """A session of Salesforce, which Vault takes in place of one of its own: without a login.

    *host* is the host of that Salesforce organisation. Both are sent to the vault alone, with each
    call. The session is never renewed and never ended.

    Reference: Authentication › Salesforce Delegated Requests
    """

    session_id: Secret = field(converter=_header_secret)
    host: str = field(converter=_salesforce_host)


Credentials = Password | OAuth | SessionId | AccessToken | SalesforceSession
"""Any of the ways to log in."""
