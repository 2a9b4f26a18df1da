"""A vault that does one call in twenty wrong, behind a network that loses connections.

``python -m tests.faults.soak_server`` prints its address and what it holds as one line of JSON,
serves until its standard input ends, and prints what it did as another.
"""

from __future__ import annotations

import asyncio
import json
import random
import sys
from collections import Counter

from attrs import define, field

from tests.faults.tools.proxy import Course, CuttingProxy
from tests.leaks import PASSWORD
from vaultio.sandbox import GeneratedContent, Sandbox
from vaultio.sandbox.faults import Fault, Faults
from vaultio.sandbox.wire import SandboxRequest

BY_THE_VAULT, BY_THE_NETWORK = 0.04, 0.01
DOCUMENTS = 40
KINDS: tuple[Fault, ...] = (
    Fault(kind="failure", type="UNEXPECTED_ERROR"),
    Fault(kind="failure", type="OPERATION_IN_PROGRESS"),
    Fault(kind="end_session"),
    Fault(kind="status", status=502),
    Fault(kind="status", status=413),
    Fault(kind="downtime"),
    Fault(kind="html"),
    Fault(kind="empty"),
    Fault(kind="cut", after_bytes=700),
    Fault(kind="wrong_length", after_bytes=90_000),
    Fault(kind="lost_answer"),
    Fault(kind="stall", after_bytes=300, seconds=0.3),
    Fault(kind="stall", after_bytes=300, seconds=30.0),
    Fault(kind="drip", bytes_per_second=400_000.0),
    Fault(kind="delay", seconds=0.3),
    Fault(kind="file_name", value="../../con.txt"),
    Fault(kind="json"),
    Fault(kind="reference_id"),
)


@define
class RandomFaults(Faults):
    """Takes one call in so many, and any of `KINDS`; logins are only ever delayed or lost."""

    chance: random.Random
    calls: int = 0
    hits: Counter[str] = field(factory=Counter)

    def take(self, request: SandboxRequest) -> list[Fault]:
        """Roll the dice for a call."""
        self.calls += 1
        if self.chance.random() >= BY_THE_VAULT:
            return []
        fault = self.chance.choice(KINDS)
        if request.path.endswith("/auth") and fault.kind not in {"delay", "lost_answer", "cut"}:
            return []
        self.hits[fault.kind] += 1
        return [fault]


@define
class Network:
    """Deals out the courses of connections: each comes to grief after some number of bytes."""

    chance: random.Random
    bytes_a_call: int
    ends: Counter[str] = field(factory=Counter)

    def __call__(self, _: int) -> Course:
        """Choose how and when a connection ends; one in ten is told every answer twice."""
        if self.chance.random() < 0.1:
            self.ends["twice"] += 1
            return Course(answers="twice")
        end = self.chance.choice(("close", "reset", "reset", "blackhole"))
        self.ends[end] += 1
        calls = self.chance.expovariate(BY_THE_NETWORK)
        return Course(down_bytes=1 + int(calls * self.bytes_a_call), end=end)  # type: ignore[arg-type]


def filled(chance: random.Random) -> Sandbox:
    """Make a vault with documents of all sizes, and no limits that would be met."""
    sandbox = Sandbox(burst_limit=10**9)
    sandbox.users["ana@example.com"].password = PASSWORD
    sandbox.login_quota.limit = sandbox.quota.daily_limit = 10**9
    sandbox.settings.echo_reference_id = True
    for number in range(DOCUMENTS):
        content = GeneratedContent(int(10 ** chance.uniform(2, 6.3)), seed=number)
        sandbox.documents.add(f"Protocol {number}", content, file_name=f"{number}.bin")
    return sandbox


async def serve() -> None:
    """Serve until standard input ends."""
    chance = random.Random(7)
    sandbox = filled(chance)
    sandbox.faults = faults = RandomFaults(chance)
    network = Network(chance, bytes_a_call=150_000)
    async with sandbox.serve() as url, CuttingProxy(url, network) as proxy:
        print(json.dumps({"url": proxy.url, "documents": DOCUMENTS}), flush=True)
        await asyncio.to_thread(sys.stdin.read)
        done = {
            "calls": faults.calls,
            "faults": dict(faults.hits),
            "connections": proxy.connections,
            "ends": dict(network.ends),
            "logins": sandbox.sessions.logins,
        }
        print(json.dumps(done), flush=True)


if __name__ == "__main__":
    asyncio.run(serve())
