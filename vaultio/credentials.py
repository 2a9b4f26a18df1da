"""Who calls: a user name and password, a session opened elsewhere, or an access token.

A secret is kept in a `Secret`, which shows itself nowhere but to the code that puts it on the
wire; so neither a log record nor a traceback with local variables can give it away.
"""

from __future__ import annotations

from weakref import WeakValueDictionary

from attrs import field, frozen

from vaultio.errors import InvalidArgumentError


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
    secret = value if isinstance(value, Secret) else Secret(value)
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


Credentials = Password | SessionId | AccessToken
"""Any of the ways to log in."""
