"""Runs a scenario: processes that call, a wire that takes its time, others, and kills."""

from __future__ import annotations

import asyncio
import random
from math import inf

import anyio
import anyio.abc
from attrs import define, field, frozen

from benchmarks.simulation.fleets import Fleet, Gate
from benchmarks.simulation.measures import Arrival
from benchmarks.simulation.scenario import Scenario, Spender
from benchmarks.simulation.server import Server, Verdict
from vaultio.limiter import Priority

_FIRST_PAUSE, _LONGEST_PAUSE = 1 / 60, 1 / 5
"""Parts of the window: how long a caller without a governor waits after a refusal, doubled each
time, as a careful script does."""


@frozen
class _Life:
    """One life of a process."""

    gate: Gate
    scope: anyio.CancelScope


@define
class World:
    """All of a scenario that changes."""

    scenario: Scenario
    fleet: Fleet
    arrivals: list[Arrival] = field(factory=list)
    others_s: list[float] = field(factory=list)
    waits_s: dict[Priority, list[float]] = field(factory=lambda: {"interactive": [], "bulk": []})
    _server: Server = field(init=False)
    _wire_dice: random.Random = field(init=False)
    _lives: dict[int, _Life] = field(init=False, factory=dict)
    _begun: int = field(init=False, default=0)
    _answered: int = field(init=False, default=0)
    _finished: anyio.Event = field(init=False, factory=anyio.Event)

    def __attrs_post_init__(self) -> None:
        told, self._wire_dice = self.scenario, self._dice("wire")
        self._server = Server(
            limit=told.limit,
            window_s=told.window_s,
            daily=told.daily,
            kind=told.kind,
            reaction=told.reaction,
            headers=told.headers,
            delay_s=told.delay_s,
            phase_s=self._dice("phase").uniform(0, told.window_s),
        )

    async def run(self) -> float:
        """Run until the time is over or the job is done; return how long that took, in seconds."""
        told = self.scenario
        with anyio.move_on_after(inf if told.calls else told.seconds):
            async with anyio.create_task_group() as tasks:
                for worker in range(self.fleet.processes):
                    tasks.start_soon(self._process, worker)
                for spender in told.others:
                    tasks.start_soon(self._spend, spender)
                if told.kill_every_s:
                    tasks.start_soon(self._kill, told.kill_every_s)
                if told.calls:
                    await self._finished.wait()
                    tasks.cancel_scope.cancel()
        return anyio.current_time()

    async def _process(self, worker: int) -> None:
        """Live, and after a kill live again."""
        count = self.fleet.processes
        all_tasks = self.scenario.workers * self.scenario.tasks
        dice = self._dice(f"interactive {worker}")
        while True:
            gate = self.fleet.start()
            async with anyio.create_task_group() as tasks:
                self._lives[worker] = _Life(gate, tasks.cancel_scope)
                for _ in range(max(1, all_tasks // count)):
                    tasks.start_soon(self._work, worker, gate)
                if rate := self.scenario.interactive_per_s / count:
                    tasks.start_soon(self._visit, worker, gate, rate, dice)
            if not tasks.cancel_scope.cancel_called:
                return
            await anyio.sleep(self.scenario.restart_s)

    async def _work(self, worker: int, gate: Gate) -> None:
        """Call after call, each until it is not refused."""
        calls = self.scenario.calls or inf
        while self._begun < calls:
            self._begun += 1
            refusals = 0
            while await self._call(worker, gate, "bulk"):
                refusals += 1
                if self.fleet.backs_off:
                    pause = min(_FIRST_PAUSE * 2 ** (refusals - 1), _LONGEST_PAUSE)
                    await anyio.sleep(pause * self.scenario.window_s)
            self._answered += 1
            if self._answered == calls:
                self._finished.set()

    async def _visit(self, worker: int, gate: Gate, rate: float, dice: random.Random) -> None:
        async with anyio.create_task_group() as tasks:
            while True:
                await anyio.sleep(dice.expovariate(rate))
                tasks.start_soon(self._call, worker, gate, "interactive")

    async def _call(self, worker: int, gate: Gate, priority: Priority) -> bool:
        """Make one call; say whether it was refused."""
        asked_s = anyio.current_time()
        permit = await gate.acquire(priority)
        self.waits_s[priority].append(anyio.current_time() - asked_s)
        verdict = await self._send(worker)
        await permit.settle(verdict.reading, exceeded=verdict.refused)
        return verdict.refused

    def _send(self, worker: int) -> asyncio.Future[Verdict]:
        """Put a call on the wire, where it goes on whatever becomes of its sender."""
        loop = asyncio.get_running_loop()
        answer = loop.create_future()
        there_s, at_server_s, back_s = self.scenario.latency.draw(self._wire_dice)

        def arrive() -> None:
            verdict = self._server.count(loop.time())
            self.arrivals.append(Arrival(loop.time(), worker, verdict.fate))
            loop.call_later(at_server_s + verdict.held_s + back_s, deliver, verdict)

        def deliver(verdict: Verdict) -> None:
            if not answer.done():
                answer.set_result(verdict)

        loop.call_later(there_s, arrive)
        return answer

    async def _spend(self, spender: Spender) -> None:
        dice = self._dice(f"other {spender}")
        while True:
            await anyio.sleep(dice.expovariate(spender.calls_per_second / spender.burst))
            for _ in range(spender.burst):
                self.others_s.append(anyio.current_time())
                self._server.count(anyio.current_time())

    async def _kill(self, every_s: float) -> None:
        victims = 0
        while True:
            await anyio.sleep(every_s)
            life = self._lives[victims % self.fleet.processes]
            if not life.scope.cancel_called:
                self.fleet.kill(life.gate)
                life.scope.cancel()
            victims += 1

    def _dice(self, name: str) -> random.Random:
        return random.Random(f"{self.scenario.seed} {name}")
