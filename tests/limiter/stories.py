"""Random stories of calls, for the proofs: when they come, how they travel, how they end."""

from __future__ import annotations

from collections.abc import Callable
from heapq import heappop, heappush
from itertools import count
from typing import Literal, Protocol

import anyio
from attrs import frozen
from hypothesis import strategies as st

from vaultio.limiter import Limiter
from vaultio.protocol.quota_headers import QuotaReading

LIMIT = 2
WINDOW_S = 10.0
LEASE_S = 90.0
LINGER_S = 60.0

Fate = Literal["answered", "given up", "dead", "unsent"]


@frozen
class Call:
    """One call; all times in seconds."""

    after_s: float
    """From the call before."""

    there_s: float
    """From its permit to the instant at which the server counts it."""

    back_s: float
    """From there to its answer."""

    fate: Fate
    """`given up`: before the server counts it; `dead`: nobody ever reports."""

    early_s: float
    """How long before the server counts it a call is given up on; at most `LINGER_S`."""


def stories(most: int = 60) -> st.SearchStrategy[list[Call]]:
    """Make lists of calls, of which many crowd and some travel for as long as is allowed."""

    def times(longest_s: float) -> st.SearchStrategy[float]:
        usual = [0.0, 0.0, 0.0, 0.4, 3.0, longest_s]
        return st.sampled_from([*usual, None]).flatmap(
            lambda time: st.floats(0, longest_s) if time is None else st.just(time)
        )

    def calls(there_s: float, *fates: Fate) -> st.SearchStrategy[Call]:
        return st.builds(
            Call,
            after_s=times(15.0),
            there_s=times(there_s),
            back_s=times(20.0),
            fate=st.sampled_from(fates),
            early_s=times(LINGER_S),
        )

    prompt, late = calls(3.0, "answered"), calls(LINGER_S, "answered", "given up", "unsent")
    kinds = st.sampled_from([prompt, prompt, prompt, late, calls(LEASE_S, "dead")])
    return st.lists(kinds.flatmap(lambda kind: kind), min_size=1, max_size=most)


class Gate(Protocol):
    """What is on trial: the pure bucket, or a naive one."""

    def wait_s(self, count: int, now: float) -> float:
        """Say in how many seconds so many calls may go."""

    def take(self, ticket: str, now: float) -> None:
        """Let a call go."""

    def settle(self, ticket: str, now: float, *, answered: bool) -> None:
        """Hear of its end."""

    def give_back(self, ticket: str, now: float) -> None:
        """Hear that it was never sent."""


def play(gate: Gate, story: list[Call]) -> list[float]:
    """Let a story pass a gate, call by call; return when the server counted them, in seconds."""
    arrivals, now, numbers = list[float](), 0.0, count()
    reports: list[tuple[float, int, Callable[[float], None]]] = []

    def pass_time(until_s: float) -> float:
        while reports and reports[0][0] <= until_s:
            at_s, _, report = heappop(reports)
            report(at_s)
        return until_s

    for number, call in enumerate(story):
        now = pass_time(now + call.after_s)
        while wait_s := gate.wait_s(1, now):
            now = pass_time(min(now + wait_s, reports[0][0] if reports else now + wait_s))
        gate.take(str(number), now)
        if call.fate != "unsent":
            arrivals.append(now + call.there_s)
        if (report := _report(gate, str(number), call)) is not None:
            heappush(reports, (now + _reported_after_s(call), next(numbers), report))
    return arrivals


def _reported_after_s(call: Call) -> float:
    if call.fate == "answered":
        return call.there_s + call.back_s
    return max(0.0, call.there_s - call.early_s)


def _report(gate: Gate, ticket: str, call: Call) -> Callable[[float], None] | None:
    if call.fate == "dead":
        return None
    if call.fate == "unsent":
        return lambda now: gate.give_back(ticket, now)
    return lambda now: gate.settle(ticket, now, answered=call.fate == "answered")


async def send(limiter: Limiter, call: Call, count_call: Callable[[float], object]) -> None:
    """Send one call of a story through a limiter; the server counts it as *count_call* does."""
    permit = await limiter.acquire("bulk" if call.back_s > 5 else "interactive")
    after_s = _reported_after_s(call)
    if call.fate == "unsent":
        await anyio.sleep(after_s)
        await permit.give_back()
        return
    if call.fate == "given up":
        await anyio.sleep(after_s)
        with anyio.CancelScope() as scope:
            scope.cancel()
            await permit.settle()
        await anyio.sleep(call.there_s - after_s)
    else:
        await anyio.sleep(call.there_s)
    count_call(anyio.current_time())
    if call.fate == "answered":
        await anyio.sleep(call.back_s)
        await permit.settle(QuotaReading())


async def send_all(
    limiter: Limiter, story: list[Call], count_call: Callable[[float], object]
) -> None:
    """Send all calls of a story, each as its own task."""
    async with anyio.create_task_group() as tasks:
        for call in story:
            await anyio.sleep(call.after_s)
            tasks.start_soon(send, limiter, call, count_call)
