"""The login request and what its answer says.

Reference: Authentication › Username & Password Authentication. Source for the answer's keys
and for where a login lands: supplement to the reference, 1.1 and 1.2.
"""

from __future__ import annotations

from urllib.parse import urlsplit

from attrs import frozen

from vaultio.credentials import Password, Secret
from vaultio.errors import UnreadableReplyError, WrongVaultError
from vaultio.models.wire import Model, wire
from vaultio.protocol.convert import structure
from vaultio.protocol.envelope import Envelope
from vaultio.protocol.forms import form
from vaultio.protocol.path import Path
from vaultio.protocol.request import Book, Repeat, Request


@frozen(kw_only=True)
class VaultEntry(Model):
    """A vault that the user may enter; `url` ends in ``/api`` and has no version."""

    id: int = wire("id")
    name: str | None = wire("name", default=None)
    url: str | None = wire("url", default=None)


@frozen(kw_only=True)
class LoginReply(Model):
    """What a login says besides the session."""

    user_id: int | None = wire("userId", default=None)
    vault_id: int | None = wire("vaultId", default=None)
    vaults: tuple[VaultEntry, ...] = wire("vaultIds", default=())


@frozen
class Login:
    """A session that was just opened."""

    session_id: Secret
    reply: LoginReply


def login_request(credentials: Password) -> Request:
    """Make the request that opens a session."""
    values = {"username": credentials.username, "password": credentials.password.reveal()}
    return Request(
        method="POST",
        path=Path() / "auth",
        body=form(values),
        repeat=Repeat.SAME,
        anonymous=True,
        book=Book.LOGIN,
    )


def logout_request() -> Request:
    """Make the request that ends the session it is sent with."""
    return Request(method="DELETE", path=Path() / "session", repeat=Repeat.SAME)


def read_login(envelope: Envelope) -> Login:
    """Read a login's answer; the session id goes into a `Secret` before anything else looks."""
    payload = dict(envelope.payload)
    session_id = payload.pop("sessionId", None)
    if not isinstance(session_id, str) or not session_id:
        raise UnreadableReplyError("the login's answer has no sessionId")
    return Login(Secret(session_id), structure(payload, LoginReply, where="login"))


def check_vault(login: LoginReply, base_url: str) -> None:
    """Raise `WrongVaultError` unless the session is for the vault at *base_url*.

    A login to a host that the user does not belong to succeeds, in another vault. An answer
    that names no vault at all cannot be checked and passes.
    """
    if login.vault_id is None and not login.vaults:
        return
    own = urlsplit(base_url)
    entry = next((vault for vault in login.vaults if vault.id == login.vault_id), None)
    if entry is None:
        raise WrongVaultError(
            f"the login opened vault {login.vault_id}, which is not among the user's vaults"
        )
    if entry.url is None:
        return
    url = urlsplit(entry.url)
    same_port = url.port is None or own.port is None or url.port == own.port
    if (url.hostname or "").lower() != (own.hostname or "").lower() or not same_port:
        raise WrongVaultError(
            f"asked for the vault at {own.netloc}, but the login opened vault {entry.id} "
            f"({entry.name or 'no name'}) at {url.netloc}: is the user a member of the first?"
        )
