"""Many tasks at once: none is turned away, and a cancelled one leaves nothing behind."""

from __future__ import annotations

import asyncio

import anyio
import anyio.lowlevel
import pytest

from tests.faults.tools.leftovers import counts_files, open_files
from tests.leaks import PASSWORD
from tests.transport.server import DOCUMENT, answers, calls, client
from vaultio import Config, Limiter, Password, QuotaWaitError, Vault
from vaultio.sandbox import Sandbox
from vaultio.sandbox.raw import RawRequest, RawServer, Reaction, Send, Wait
from vaultio.transport.gate import Gate


@pytest.mark.heavy
async def test_10_000_tasks_on_32_connections_are_all_answered(sandbox: Sandbox) -> None:
    """A crowd waits at our gate, not in the pool: nobody times out there."""
    document_id = sandbox.documents.add("Protocol", b"the file")
    sandbox.quota.burst_limit = 20_000
    vault = Vault(
        "https://sandbox.veevavault.com",
        Password("ana@example.com", PASSWORD),
        api_version="v11.0",
        config=Config(concurrency=32),
        limiter=Limiter.unlimited(),
        transport=sandbox.transport(),
    )
    async with vault:
        found = await asyncio.gather(
            *(vault.documents.retrieve_attachment_links(document_id) for _ in range(10_000))
        )
    assert found == [()] * 10_000


async def test_a_crowd_on_real_sockets_uses_no_more_connections_than_slots() -> None:
    """1,000 tasks share 32 connections (and one for the login)."""
    async with (
        RawServer(answers(DOCUMENT)) as server,
        client(server, {"concurrency": 32}) as vault,
    ):
        await asyncio.gather(*(vault.documents.retrieve(7) for _ in range(1_000)))
    assert (len(calls(server)), server.connections <= 33) == (1_000, True)


def slow_for_8(request: RawRequest) -> Reaction:
    """Take 5 s to answer a request for document 8."""
    answer = answers(DOCUMENT)(request)
    assert isinstance(answer, bytes)
    return [Wait(5), Send(answer)] if request.target.endswith("/8") else answer


async def test_an_interactive_call_does_not_wait_behind_bulk_ones() -> None:
    """With bulk calls holding all they may, an interactive call is answered at once."""
    settings = {"concurrency": 4, "interactive_slots": 1}
    async with RawServer(slow_for_8) as server, client(server, settings) as vault:
        await vault.documents.retrieve(7)
        async with anyio.create_task_group() as tasks:
            for _ in range(50):
                tasks.start_soon(vault.with_options(priority="bulk").documents.retrieve, 8)
            await anyio.sleep(0.1)
            with anyio.fail_after(2):
                await vault.documents.retrieve(7)
            tasks.cancel_scope.cancel()


async def test_a_call_that_may_not_wait_says_so_at_a_full_gate() -> None:
    """With every slot taken, a call with `max_wait_s` gives up in time."""
    async with (
        RawServer(answers([Wait(60)])) as server,
        client(server, {"concurrency": 1}, password=False) as vault,
        anyio.create_task_group() as tasks,
    ):
        tasks.start_soon(vault.documents.retrieve, 7)
        await anyio.sleep(0.1)
        with anyio.fail_after(5), pytest.raises(QuotaWaitError):
            await vault.with_options(max_wait_s=0.2).documents.retrieve(7)
        tasks.cancel_scope.cancel()


async def test_the_gate_is_first_in_first_out() -> None:
    """Slots go to those who waited longest."""
    gate, order = Gate(1, 0), list[int]()

    async def enter(number: int) -> None:
        async with gate.slot("interactive", None):
            order.append(number)
            await anyio.lowlevel.checkpoint()

    async with anyio.create_task_group() as tasks:
        for number in range(20):
            tasks.start_soon(enter, number)
    assert order == list(range(20))


async def test_a_waiter_cancelled_in_the_moment_of_its_admission_passes_the_slot_on() -> None:
    """A slot handed to a task that is cancelled in the same turn is not lost."""
    gate = Gate(1, 0)

    async def enter() -> None:
        async with gate.slot("interactive", None):
            await anyio.sleep(60)

    async with gate.slot("interactive", None):
        waiting = asyncio.create_task(enter())
        await anyio.lowlevel.checkpoint()
    waiting.cancel()
    await asyncio.gather(waiting, return_exceptions=True)
    assert gate.in_use == 0


@counts_files
async def test_a_call_cancelled_at_any_step_leaves_no_socket_open() -> None:
    """Not even one that is cancelled while its answer is closed, which httpx does not survive."""
    async with RawServer(answers(DOCUMENT)) as server, client(server) as vault:
        await vault.documents.retrieve(7)
        before = open_files()
        for steps in range(80):
            call = asyncio.create_task(vault.documents.retrieve(7))
            for _ in range(steps):
                await asyncio.sleep(0)
            call.cancel()
            await asyncio.wait([call])
            await vault.documents.retrieve(7)  # on the connection that is left, or on a new one
        await asyncio.sleep(0.05)
        assert open_files() <= before
