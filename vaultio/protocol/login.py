"""The requests that begin a session, keep it and end it, and what their answers say.

Reference: Authentication. Source for the answers' keys, for where a login lands, and for the ways
that the v11.0 reference does not have: supplement to the reference, 1.1 to 1.8.
"""

from __future__ import annotations

from urllib.parse import urlsplit

from attrs import frozen

from vaultio.credentials import OAuth, Password, Secret, remembered
from vaultio.errors import InvalidArgumentError, UnreadableReplyError, WrongVaultError
from vaultio.models.wire import Model, wire
from vaultio.protocol.convert import structure
from vaultio.protocol.envelope import Envelope
from vaultio.protocol.forms import Body, form
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
    vaults: tuple[VaultEntry, ...] | None = wire("vaultIds", default=None)


@frozen
class Login:
    """A session that was just opened."""

    session_id: Secret
    reply: LoginReply


def login_request(credentials: Password) -> Request:
    """Make the request that opens a session."""
    return Request(
        method="POST",
        path=Path() / "auth",
        body=_login_form(credentials),
        repeat=Repeat.SAME,
        anonymous=True,
        book=Book.LOGIN,
    )


def _login_form(credentials: Password) -> Body:
    """Write the credentials; what cannot be written is refused without showing it."""
    password = credentials.password
    if any("\ud800" <= sign <= "\udfff" for sign in password.reveal()):
        raise InvalidArgumentError("the password holds half a character")
    return form({"username": credentials.username, "password": password.reveal()})


def oauth_request(credentials: OAuth, base_url: str) -> Request:
    """Make the request that turns the token it is sent with into a session at *base_url*.

    The vault is named in the form, for the host of this request says nothing about it.
    """
    vault = urlsplit(base_url).netloc.removesuffix(":443")
    wanted = {"vaultDNS": vault, "client_id": credentials.client_id}
    return Request(
        method="POST",
        path=Path().under("auth", "oauth", "session", credentials.profile_id),
        body=form(wanted),
        repeat=Repeat.SAME,
        at_root=True,
        book=Book.LOGIN,
    )


def discovery_request(username: str, client_id: str | None) -> Request:
    """Make the request that asks how a user logs in; it says who it is, and nothing secret.

    In a form: the reference has query parameters, which end up in the logs of all that is between.
    """
    return Request(
        method="POST",
        path=Path().under("auth", "discovery"),
        headers={"X-VaultAPI-AuthIncludeMsal": "true"},
        body=form({"username": username, "client_id": client_id}),
        at_root=True,
        anonymous=True,
        book=Book.LOGIN,
    )


def delegation_request(vault_id: int, delegator_user_id: int) -> Request:
    """Make the request that opens a session for another user, in a vault that lets one act."""
    return Request(
        method="POST",
        path=Path().under("delegation", "login"),
        body=form({"vault_id": vault_id, "delegator_userid": delegator_user_id}),
        repeat=Repeat.SAME,
        confidential=True,
    )


def keep_alive_request() -> Request:
    """Make the request that keeps the session it is sent with from idling away."""
    return Request(method="POST", path=Path() / "keep-alive", repeat=Repeat.SAME)


def logout_request() -> Request:
    """Make the request that ends the session it is sent with."""
    return Request(method="DELETE", path=Path() / "session", repeat=Repeat.SAME)


def read_login(envelope: Envelope) -> Login:
    """Read a login's answer; the session id is in a `Secret` before anything can go wrong."""
    session_id = _session_id(envelope, "sessionId")
    payload = {key: value for key, value in envelope.payload.items() if key != "sessionId"}
    return Login(session_id, structure(payload, LoginReply, where="login"))


def read_delegated(envelope: Envelope) -> Login:
    """Read the answer to a delegated login, which has the session and nothing else."""
    return Login(_session_id(envelope, "delegated_sessionid"), LoginReply())


def _session_id(envelope: Envelope, key: str) -> Secret:
    """Find the session id; one that cannot stand in a header would be shown by its refusal."""
    found = envelope.payload.get(key)
    secret = remembered(Secret(found if isinstance(found, str) else ""))
    del found
    if not secret.reveal() or any(not "!" <= sign <= "~" for sign in secret.reveal()):
        raise UnreadableReplyError(f"the login's answer has no {key} that could be sent")
    return secret


def check_vault(login: LoginReply, base_url: str) -> None:
    """Raise `WrongVaultError` unless the session is for the vault at *base_url*.

    A login to a host that the user does not belong to succeeds, in another vault. An answer
    that lists no vaults cannot be checked and passes; one that lists the user's vaults but
    does not say which it opened passes if the wanted one is in the list.
    """
    if login.vaults is None:
        return
    if login.vault_id is None:
        entries = login.vaults
    else:
        entries = tuple(vault for vault in login.vaults if vault.id == login.vault_id)
        if not entries:
            raise WrongVaultError(
                f"the login opened vault {login.vault_id}, which is not among the user's vaults"
            )
    if entries and not any(entry.url is None or is_at(entry.url, base_url) for entry in entries):
        there = ", ".join(f"{one.id} ({one.name or 'no name'}) at {one.url}" for one in entries)
        raise WrongVaultError(
            f"asked for the vault at {urlsplit(base_url).netloc}, but the login opened vault "
            f"{there}: is the user a member of the first?"
        )


def is_at(url: str, base_url: str) -> bool:
    """Compare host and port, where both say one; what cannot be read is elsewhere."""
    try:
        there, own = urlsplit(url), urlsplit(base_url)
        same_port = there.port is None or own.port is None or there.port == own.port
    except ValueError:
        return False
    return (there.hostname or "").lower() == (own.hostname or "").lower() and same_port
