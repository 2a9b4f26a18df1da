"""Tasks that are cancelled, by the thousand or at any step of a download.

Later calls are all good. No slot, permit, file or task is lost, and no part is without an owner.
"""

from __future__ import annotations

import asyncio
import random
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path

import anyio
import pytest
from anyio.from_thread import start_blocking_portal

from tests.downloads.steps import cancelled_at
from tests.faults.tools.leftovers import (
    cleared_away,
    closed_down_to,
    counts_files,
    files,
    left_behind,
    nothing_left_open,
    open_files,
)
from tests.leaks import PASSWORD
from tests.transport.server import DOCUMENT, answers, logins
from vaultio import Config, Limiter, Password, Quota, Vault
from vaultio.sandbox import GeneratedContent, Sandbox
from vaultio.sandbox.raw import RawRequest, RawServer, Reaction, Send, Wait

TASKS, CONNECTIONS = 10_000, 32
SIZE = 3_000_000


def opened(url: str) -> Vault:
    """Make a client whose books are kept, and which waits for nobody's pace."""
    return Vault(
        url,
        Password("ana@example.com", PASSWORD),
        api_version="v11.0",
        config=Config(concurrency=CONNECTIONS),
        limiter=Limiter(burst=Quota(100_000, 300.0), daily=None, pace=None),
    )


def under_way(vault: Vault) -> tuple[int, int]:
    """Count the slots and the permits that are held."""
    return vault._caller.road.gate.in_use, vault.limiter._bell.under_way


def hesitating(request: RawRequest) -> Reaction:
    """Answer after a random while."""
    answer = answers(DOCUMENT)(request)
    assert isinstance(answer, bytes)
    return [Wait(random.random() / 50), Send(answer)]


async def storm(vault: Vault, tasks: int, within_s: float) -> list[int]:
    """Begin so many calls at once, and cancel 9 of 10 in random moments; returns the answers."""

    async def call(number: int) -> None:
        with anyio.move_on_after(None if number % 10 == 0 else random.uniform(0, within_s)):
            found.append((await vault.documents.retrieve(7)).id)

    found = list[int]()
    await asyncio.gather(*(call(number) for number in range(tasks)))
    return found


@counts_files
async def test_10_000_tasks_on_32_cold_connections() -> None:
    """Nine of ten are cancelled; the others are answered, and so are all that come later."""
    async with RawServer(hesitating) as server, nothing_left_open(), opened(server.url) as vault:
        found = await storm(vault, TASKS, within_s=2.0)
        assert set(found) == {7}
        assert len(found) >= TASKS // 10
        assert under_way(vault) == (0, 0)
        with anyio.fail_after(30):
            later = (vault.documents.retrieve(7) for _ in range(4 * CONNECTIONS))
            assert len(await asyncio.gather(*later)) == 4 * CONNECTIONS
    assert logins(server) == 1


@counts_files
async def test_storms_while_it_is_still_cold() -> None:
    """All are cancelled while the client connects and logs in, again and again."""
    async with RawServer(hesitating) as server, nothing_left_open():
        for _ in range(20):
            async with opened(server.url) as vault:
                await storm(vault, 100, within_s=0.02)
                with anyio.fail_after(30):
                    assert (await vault.documents.retrieve(7)).id == 7
                assert under_way(vault) == (0, 0)
    assert logins(server) == 20


@pytest.fixture
def served_apart(sandbox: Sandbox) -> Iterator[str]:
    """The address of the sandbox, whose tasks and files are another thread's."""
    sandbox.documents.add("Protocol", GeneratedContent(SIZE), file_name="f")
    sandbox.login_quota.limit = 10_000
    with (
        start_blocking_portal() as portal,
        portal.wrap_async_context_manager(sandbox.serve()) as url,
    ):
        yield url


@asynccontextmanager
async def warm(url: str, is_warm: bool) -> AsyncIterator[Vault]:
    """Open a client that has a session and a connection, or one that has neither."""
    async with opened(url) as vault:
        if is_warm:
            await vault.documents.retrieve(1)
        yield vault


@counts_files
@pytest.mark.parametrize("is_warm", [True, False], ids=["warm", "cold"])
async def test_a_download_cancelled_at_every_step(
    served_apart: str, tmp_path: Path, is_warm: bool
) -> None:
    """At the k-th wait, for every k, on real sockets and disk, with a check of the MD5 before."""
    step, waited, before = 0, 1, 0
    while waited >= step:
        step += 1
        before = open_files() if step == 2 else before  # the first run opens what stays
        async with warm(served_apart, is_warm) as vault:
            work = vault.documents.download(1, to=tmp_path, on_exists="replace", verify=True)
            waited, _ = await cancelled_at({step}, work)
            await cleared_away(tmp_path)
            assert {len(content) for content in files(tmp_path).values()} <= {SIZE}
            assert (await vault.documents.retrieve(1)).id == 1
            assert under_way(vault) == (0, 0)
        assert left_behind(tmp_path) == []
    assert step > 10
    assert files(tmp_path).keys() == {"f"}
    await closed_down_to(before)
