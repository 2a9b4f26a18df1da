"""Views of a client: one that writes nothing, one that calls in another's name."""

from __future__ import annotations

import asyncio

import pytest

from tests.conftest import USER
from tests.leaks import PASSWORD
from vaultio import Config, Password, SessionId, Vault
from vaultio.sandbox import Sandbox
from vaultio.sandbox.stores.users import HOME_VAULT
from vaultio.transport.rehearsal import Rehearsed, RehearsedError


async def test_a_rehearsal_writes_nothing(vault: Vault, sandbox: Sandbox) -> None:
    """It reads as ever; what would write is told, by each view of it too."""
    sandbox.documents.add("Plan")
    noted = list[Rehearsed]()
    rehearsing = vault.rehearsing(noted.append)
    assert (await rehearsing.documents.retrieve(1)).name == "Plan"

    session = SessionId(sandbox.sessions.start(sandbox.users[USER], HOME_VAULT))
    views = [rehearsing, rehearsing.with_options(priority="bulk"), rehearsing.with_session(session)]
    for view in views:
        with pytest.raises(RehearsedError):
            await view.documents.delete(1)

    assert noted == [Rehearsed(method="DELETE", path="/api/v11.0/objects/documents/1")] * 3
    assert 1 in sandbox.documents


async def test_the_session_of_another_is_left_to_itself(sandbox: Sandbox) -> None:
    """A client keeps its own session alive, none that somebody else has handed in."""
    sandbox.documents.add("Plan")
    async with Vault(
        "https://sandbox.veevavault.com",
        Password(USER, PASSWORD),
        api_version="v11.0",
        config=Config(keep_alive_s=0.05),
        transport=sandbox.transport(),
    ) as vault:
        session = sandbox.sessions.start(sandbox.users[USER], HOME_VAULT)
        await vault.with_session(SessionId(session)).documents.retrieve(1)
        assert not _is_kept_alive()

        for _ in range(2):
            await vault.documents.retrieve(1)
        assert _is_kept_alive()


def _is_kept_alive() -> bool:
    return any("keep-alive" in one.get_name() for one in asyncio.all_tasks())
