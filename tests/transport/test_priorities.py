"""Bulk and interactive calls of one client, on their whole way: slots, quota, sockets."""

from __future__ import annotations

import asyncio
from collections import Counter

import anyio
import anyio.lowlevel
import pytest
from attrs import define, field

from tests.transport.server import DOCUMENT, answers
from vaultio import Config, Limiter, Pace, Quota, QuotaWaitError, SessionId, Vault
from vaultio.limiter import Priority
from vaultio.sandbox.raw import RawRequest, RawServer, Reaction, Send, Wait
from vaultio.transport.gate import Gate

ANSWER_S = 0.05


@define
class Counting:
    """A server that takes a while for each answer, and remembers in which order it was asked."""

    asked: list[str] = field(factory=list)

    def react(self, request: RawRequest) -> Reaction:
        """Answer for a document, after a while."""
        self.asked.append(request.target.rpartition("/")[2])
        answer = answers(DOCUMENT)(request)
        assert isinstance(answer, bytes)
        return [Wait(ANSWER_S), Send(answer)]


def client(server: RawServer, quota: Quota) -> Vault:
    """Open a client with four slots, one of them for interactive calls."""
    return Vault(
        server.url,
        SessionId("S-0"),
        api_version="v11.0",
        config=Config(concurrency=4, interactive_slots=1),
        limiter=Limiter(burst=quota, daily=None, pace=Pace(burst=1, interactive_burst=4)),
    )


async def asked_before_each(server: Counting, vault: Vault, calls: int) -> list[int]:
    """Make interactive calls one by one; count how many bulk calls the server got meanwhile."""
    between = list[int]()
    for _ in range(calls):
        await anyio.sleep(ANSWER_S / 3)
        before = server.asked.count("8")
        await vault.documents.retrieve(7)
        between.append(server.asked.count("8") - before)
    return between


@pytest.mark.heavy
@pytest.mark.parametrize("quota", [Quota(100_000, 10.0), Quota(500, 10.0)])
async def test_an_interactive_call_among_10_000_queued_bulk_calls(quota: Quota) -> None:
    """Counted in answers: meanwhile no more bulk calls come through than in two answers' time.

    Once slots are what is short, once the quota's pace is.
    """
    counting = Counting()
    async with RawServer(counting.react) as server, client(server, quota) as vault:
        bulk = vault.with_options(priority="bulk")
        async with anyio.create_task_group() as tasks:
            for _ in range(10_000):
                tasks.start_soon(bulk.documents.retrieve, 8)
            await anyio.sleep(ANSWER_S)
            between = await asked_before_each(counting, vault, 20)
            usage = await vault.quota()
            tasks.cancel_scope.cancel()

    assert sorted(between)[len(between) // 2] <= 6
    assert max(between) <= 12
    assert usage.bulk_waiting > 9_000


@pytest.mark.heavy
async def test_bulk_calls_beside_a_permanent_stream_of_interactive_ones() -> None:
    """A tenth of the slots is theirs, though there is always somebody interactive waiting."""
    counting = Counting()
    async with RawServer(counting.react) as server, client(server, Quota(100_000, 10.0)) as vault:
        bulk = vault.with_options(priority="bulk")
        async with anyio.create_task_group() as tasks:
            for _ in range(400):
                tasks.start_soon(vault.documents.retrieve, 7)
            for _ in range(100):
                tasks.start_soon(bulk.documents.retrieve, 8)
            while len(counting.asked) < 200:  # noqa: ASYNC110 - a server says nothing by itself
                await anyio.sleep(ANSWER_S)
            tasks.cancel_scope.cancel()

    share = Counter(counting.asked[:200])["8"] / 200
    assert 0.08 <= share <= 0.12


async def test_the_gate_lets_each_tenth_slot_go_to_bulk() -> None:
    """Nine interactive calls pass the bulk call that could go, then it goes."""
    gate, order = Gate(1, 0), list[str]()

    async def enter(priority: Priority) -> None:
        async with gate.slot(priority, None):
            order.append(priority[0])
            await anyio.lowlevel.checkpoint()

    async with gate.slot("interactive", None):
        waiting = [asyncio.create_task(enter("interactive")) for _ in range(40)]
        waiting += [asyncio.create_task(enter("bulk")) for _ in range(5)]
        await anyio.lowlevel.checkpoint()
        assert gate.waiting == (40, 5)
    await asyncio.gather(*waiting)

    assert [place for place, kind in enumerate(order) if kind == "b"][:3] == [9, 19, 29]


async def test_a_full_gate_says_when_to_try_again() -> None:
    """By how long those under way have been at it, and how many wait."""
    gate = Gate(1, 0)
    async with gate.slot("interactive", None):
        await anyio.sleep(0.2)
        with pytest.raises(QuotaWaitError, match="all 1 calls") as refusal:
            async with gate.slot("interactive", 0.1):
                raise AssertionError

    assert refusal.value.reason == "slots"
    assert 0.3 <= refusal.value.retry_after_s < 5
    assert gate.waiting == (0, 0)
