"""Acting for another user: who one is then, where that session goes, and who ends it."""

from __future__ import annotations

import pytest

from tests.conftest import USER
from tests.leaks import PASSWORD
from tests.transport.server import DOCUMENT, SUCCESS, answers, calls, client
from vaultio import AccessDeniedError, Delegation, InvalidArgumentError, Vault, WrongVaultError
from vaultio.sandbox import Sandbox
from vaultio.sandbox.raw import RawRequest, RawServer, Reaction, reply

BOB = "bob@example.com"
DELEGATED = reply({"responseStatus": "SUCCESS", "delegated_sessionid": "S-delegated"})


@pytest.fixture
def delegator(sandbox: Sandbox) -> int:
    """The id of Bob, who lets Ana act for him."""
    bob = sandbox.users.add(BOB, PASSWORD)
    sandbox.delegations.grant(bob, sandbox.users[USER])
    return bob.id


async def name_of(vault: Vault) -> str:
    """Ask who the session belongs to."""
    answer = await vault.request("GET", "objects/users/me")
    return str(answer["users"][0]["user"]["user_name__v"])


async def test_acting_for_another(vault: Vault, sandbox: Sandbox, delegator: int) -> None:
    """The session is that of the other user, and ended with the client that acts."""
    [delegation] = await vault.delegations()
    assert (delegation.id, delegation.delegator_user_id) == (3101, delegator)
    assert (delegation.name, delegation.dns) == ("Sandbox", "sandbox.veevavault.com")

    async with vault.delegated(delegation) as there:
        assert (await name_of(there), await name_of(vault)) == (BOB, USER)
        assert len(sandbox.sessions) == 2
        assert there.limiter is vault.limiter
    assert len(sandbox.sessions) == 1
    assert await name_of(vault) == USER


async def test_nobody_lets_one_act(vault: Vault) -> None:
    """The list is empty then."""
    assert await vault.delegations() == ()


async def test_a_delegated_session_cannot_start_another(
    vault: Vault, sandbox: Sandbox, delegator: int
) -> None:
    """It is refused before anything is sent; Vault would refuse it, too."""
    [delegation] = await vault.delegations()
    async with vault.delegated(delegation) as there:
        with pytest.raises(InvalidArgumentError, match="cannot begin another"):
            there.delegated(delegation)
        with pytest.raises(InvalidArgumentError, match="cannot begin another"):
            there.with_options(priority="bulk").delegated(delegation)
    assert sandbox.quota.calls == 1


async def test_a_delegation_that_was_withdrawn(
    vault: Vault, sandbox: Sandbox, delegator: int
) -> None:
    """What Vault says to that is what the first call raises."""
    [delegation] = await vault.delegations()
    sandbox.delegations.withdraw(sandbox.users[BOB])
    async with vault.delegated(delegation) as there:
        with pytest.raises(AccessDeniedError, match="has not been delegated"):
            await name_of(there)


def listing(dns: str) -> bytes:
    """Build the list of delegations, with one vault."""
    row = {"id": 3108, "name": "Promo", "dns": dns, "delegator_userid": 5}
    return reply({"responseStatus": "SUCCESS", "delegated_vaults": [row]})


async def test_no_session_goes_to_an_address_out_of_an_answer() -> None:
    """Where to go is the program's own word, and Vault's only if both say the same."""
    async with RawServer(answers(SUCCESS)) as elsewhere:
        dns = elsewhere.url.removeprefix("http://")
        async with RawServer(answers(listing(dns))) as server, client(server) as vault:
            [delegation] = await vault.delegations()
            for wrong in (None, "https://promo.veevavault.com"):
                with pytest.raises(WrongVaultError, match=f"3108 at {dns}, not for"):
                    vault.delegated(delegation, wrong)
    assert elsewhere.connections == 0


async def test_acting_in_another_vault() -> None:
    """Each vault gets its own session alone, and the delegated one is ended there."""

    def here(request: RawRequest) -> Reaction:
        return DELEGATED if request.target.endswith("/delegation/login") else usual(request)

    usual = answers(SUCCESS)
    async with RawServer(answers(DOCUMENT)) as there, RawServer(here) as server:
        delegation = Delegation(id=3108, delegator_user_id=5, dns=there.url.removeprefix("http://"))
        async with client(server) as vault, vault.delegated(delegation, there.url) as acting:
            assert (await acting.documents.retrieve(7)).id == 7
            assert acting.limiter is not vault.limiter
    assert calls(server)[0].body == b"vault_id=3108&delegator_userid=5"
    assert [one.headers["authorization"] for one in calls(server)] == ["S-1"]
    assert [(one.method, one.headers["authorization"]) for one in there.requests] == [
        ("GET", "S-delegated"),
        ("DELETE", "S-delegated"),
    ]
