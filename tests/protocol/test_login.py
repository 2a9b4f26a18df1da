"""The login: into which vault it led, and that its secrets show themselves nowhere."""

from __future__ import annotations

from typing import Any

import pytest

from vaultio import InvalidArgumentError, OAuth, Password, UnreadableReplyError, WrongVaultError
from vaultio.protocol.envelope import Envelope
from vaultio.protocol.forms import Body
from vaultio.protocol.login import (
    Login,
    LoginReply,
    check_vault,
    delegation_request,
    discovery_request,
    login_request,
    oauth_request,
    read_delegated,
    read_login,
)

ADDRESS = "https://quality-ex.veevavault.com"
SESSION = "9F0C" * 28
VAULTS = [
    {"id": 3101, "name": "Quality", "url": "https://quality-ex.veevavault.com/api"},
    {"id": 3108, "name": "Promo", "url": "https://promo-ex.veevavault.com:8443/api"},
]


def login(**more: Any) -> Login:
    """Read a login's answer with these keys beside the session."""
    payload = {"responseStatus": "SUCCESS", "sessionId": SESSION, "userId": 51207, **more}
    return read_login(Envelope("SUCCESS", payload))


def reply(**more: Any) -> LoginReply:
    """Read what such an answer says besides the session."""
    return login(**more).reply


def test_answer_is_read() -> None:
    """The session, the user, the vault, and the vaults that the user may enter."""
    read = login(vaultId=3101, vaultIds=VAULTS)

    assert read.session_id.reveal() == SESSION
    assert (read.reply.user_id, read.reply.vault_id) == (51207, 3101)
    assert [vault.name for vault in read.reply.vaults or ()] == ["Quality", "Promo"]


def test_session_is_in_no_repr() -> None:
    """Neither what was read nor what was kept of the answer shows the session."""
    assert SESSION not in repr(login(vaultId=3101, vaultIds=VAULTS, something__c="new"))


@pytest.mark.parametrize("session", [None, "", 5, "two words", "a\r\nCookie: b", "ünsicher"])
def test_session_that_cannot_be_sent(session: object) -> None:
    """A session id that no header can hold is refused here, in words that do not show it."""
    with pytest.raises(UnreadableReplyError, match="no sessionId") as caught:
        login(sessionId=session)

    assert not session or str(session) not in str(caught.value)


@pytest.mark.parametrize(
    "address", [ADDRESS, "https://Quality-EX.veevavault.com", f"{ADDRESS}:443", f"{ADDRESS}:8443"]
)
def test_right_vault(address: str) -> None:
    """Host names are without case, and a port that one side does not name is no difference."""
    check_vault(reply(vaultId=3101, vaultIds=VAULTS), address)


@pytest.mark.parametrize(
    ("vault_id", "address"),
    [
        (3108, ADDRESS),
        (3101, "https://quality-ex.veevavault.com.evil.example"),
        (3108, "https://promo-ex.veevavault.com:9443"),
    ],
)
def test_wrong_vault(vault_id: int, address: str) -> None:
    """Another host or another port is another vault, and the message names both."""
    with pytest.raises(WrongVaultError, match=f"opened vault {vault_id}"):
        check_vault(reply(vaultId=vault_id, vaultIds=VAULTS), address)


@pytest.mark.parametrize("vaults", [[], VAULTS])
def test_vault_that_is_not_among_the_users(vaults: list[object]) -> None:
    """A vault that the answer itself does not list is a wrong one."""
    with pytest.raises(WrongVaultError, match="3999, which is not among"):
        check_vault(reply(vaultId=3999, vaultIds=vaults), ADDRESS)


@pytest.mark.parametrize("url", ["https://[::1/api", "https://a:b/api", "quality-ex", ""])
def test_vault_whose_address_cannot_be_read(url: str) -> None:
    """An address that cannot be compared is not taken for ours."""
    with pytest.raises(WrongVaultError):
        check_vault(reply(vaultId=1, vaultIds=[{"id": 1, "url": url}]), ADDRESS)


@pytest.mark.parametrize(
    "said",
    [
        {},
        {"vaultId": 1},
        {"vaultIds": []},
        {"vaultId": 1, "vaultIds": [{"id": 1}]},
        {"vaultIds": VAULTS},
    ],
)
def test_nothing_to_compare(said: dict[str, Any]) -> None:
    """An answer that does not say which vault it opened, or where that is, passes."""
    check_vault(reply(**said), ADDRESS)


def test_user_of_other_vaults_only() -> None:
    """Whichever vault it opened, it was not ours if ours is not in the list."""
    with pytest.raises(WrongVaultError):
        check_vault(reply(vaultIds=VAULTS[1:]), ADDRESS)


def test_request() -> None:
    """User name and password go out in a form, and stand in no repr of the request."""
    request = login_request(Password("ana@example.com", "p&ss wörd"))

    assert isinstance(request.body, Body)
    assert request.body.content == b"username=ana%40example.com&password=p%26ss+w%C3%B6rd"
    assert "p%26ss" not in repr(request)


def test_password_that_cannot_be_sent() -> None:
    """Half a character in a password is said so, and not shown."""
    with pytest.raises(InvalidArgumentError, match="half a character") as caught:
        login_request(Password("ana@example.com", "hunter2\ud800"))

    assert caught.value.__context__ is None
    assert "hunter2" not in str(caught.value)


@pytest.mark.parametrize("address", [ADDRESS, f"{ADDRESS}:443"])
def test_request_with_a_token(address: str) -> None:
    """The form names the vault as Vault does, without the usual port; the token is not in it."""
    request = oauth_request(OAuth("_p", SESSION, "app 1"), address)

    assert isinstance(request.body, Body)
    assert request.body.content == b"vaultDNS=quality-ex.veevavault.com&client_id=app+1"
    assert (str(request), request.at_root) == ("POST auth/oauth/session/_p", True)


@pytest.mark.parametrize("profile", [".", ".."])
def test_profile_that_would_climb(profile: str) -> None:
    """The id of a profile is one segment of the path, whatever it holds."""
    with pytest.raises(InvalidArgumentError):
        oauth_request(OAuth(profile, SESSION), ADDRESS)
    assert str(oauth_request(OAuth("a/b", SESSION), ADDRESS).path).endswith("/a%2Fb")


def test_discovery_says_no_more_than_it_must() -> None:
    """Without an application there is none in the form; nobody's session goes with it."""
    request = discovery_request("ana@example.com", None)

    assert isinstance(request.body, Body)
    assert (request.body.content, request.anonymous) == (b"username=ana%40example.com", True)


def test_delegated_login() -> None:
    """It names vault and user; of its answer the session is read, and shown nowhere."""
    request = delegation_request(3108, 5)
    read = read_delegated(Envelope("SUCCESS", {"delegated_sessionid": SESSION}))

    assert isinstance(request.body, Body)
    assert request.body.content == b"vault_id=3108&delegator_userid=5"
    assert request.is_secret
    assert (read.session_id.reveal(), SESSION in repr(read)) == (SESSION, False)
    with pytest.raises(UnreadableReplyError, match="no delegated_sessionid that"):
        read_delegated(Envelope("SUCCESS", {"sessionId": SESSION}))
