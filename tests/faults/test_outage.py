"""An outage of 30 s at 40 calls/s: at most 1.3 times the offered calls reach the server."""

from __future__ import annotations

import asyncio
import logging
from collections import Counter
from pathlib import Path

import pytest
from attrs import define, field

from benchmarks.simulation.virtual_time import run_virtual
from tests.faults.tools.leftovers import files
from tests.transport.server import DOCUMENT, answers, calls, client
from vaultio import Config, TruncatedError, Vault, VaultioError
from vaultio.sandbox.raw import Close, RawRequest, RawServer, Reaction, Reset, Send, reply

CALLS_PER_S, OUTAGE_S, AFTER_S = 40, 30, 3
MOST = 1.3
PATIENCE_S = 0.001
"""How long the clock waits for sockets, in real time, before it jumps."""
HALF = b"HTTP/1.1 200 OK\r\nContent-Type: application/pdf\r\nContent-Length: 99\r\n\r\nhalf"
GATEWAY = reply(b"<html>Bad gateway", status=502, headers={"Content-Type": "text/html"})
EXCEPTION = reply({"responseStatus": "EXCEPTION", "errors": [{"type": "UNEXPECTED_ERROR"}]})
TROUBLES: tuple[Reaction, ...] = (GATEWAY, [Reset()], EXCEPTION, [Send(HALF[:60]), Close()])


@define
class Failing:
    """A server that is well, is not for `OUTAGE_S` seconds from *begin_s* on, and is again.

    While it is not, all `TROUBLES` take turns.
    *arrived* counts the calls it got while it was well and while it was not.
    """

    begin_s: float = AFTER_S
    arrived: Counter[str] = field(factory=Counter)

    def __call__(self, _: RawRequest) -> Reaction:
        """React by the time of the event loop."""
        now = asyncio.get_running_loop().time()
        out = self.begin_s <= now < self.begin_s + OUTAGE_S
        self.arrived["out" if out else "well"] += 1
        return TROUBLES[self.arrived["out"] % len(TROUBLES)] if out else DOCUMENT


async def offered(vault: Vault, seconds: float) -> list[object]:
    """Offer calls for so long, at the usual pace; returns ids and errors."""
    tasks = []
    for _ in range(int(seconds * CALLS_PER_S)):
        tasks.append(asyncio.create_task(vault.documents.retrieve(7)))
        await asyncio.sleep(1 / CALLS_PER_S)
    ends = await asyncio.gather(*tasks, return_exceptions=True)
    return [one if isinstance(one, BaseException) else one.id for one in ends]


def test_an_outage_is_not_multiplied(monkeypatch: pytest.MonkeyPatch) -> None:
    """Counted at the server; before and after everything succeeds, and errors are typed."""
    failing = Failing()
    # To write down what all these calls do takes longer than to make them.
    monkeypatch.setattr(logging.root.manager, "disable", logging.INFO)

    async def run() -> list[object]:
        async with RawServer(failing) as server, client(server, password=False) as vault:
            return await offered(vault, AFTER_S + OUTAGE_S + AFTER_S)

    ends = run_virtual(run(), PATIENCE_S)
    usual = CALLS_PER_S * OUTAGE_S
    assert 0.9 * usual < failing.arrived["out"] <= MOST * usual
    well = (AFTER_S - 1) * CALLS_PER_S
    assert ends[:well] == ends[-well:] == [7] * well
    assert all(isinstance(end, VaultioError) or end == 7 for end in ends)


async def test_files_that_are_cut_are_not_multiplied_either(tmp_path: Path) -> None:
    """100 files of which none arrives whole are asked for 130 times at most."""
    async with RawServer(answers([Send(HALF), Close()])) as server:
        async with client(server) as vault:
            ends = await asyncio.gather(
                *(vault.documents.download(7, to=tmp_path / str(n)) for n in range(100)),
                return_exceptions=True,
            )
    assert {type(end) for end in ends} == {TruncatedError}
    assert 100 < len(calls(server)) <= 100 * MOST
    assert files(tmp_path) == {}


async def test_a_call_alone_has_all_its_tries() -> None:
    """What bounds the crowd does not take away from one."""
    async with RawServer(answers(GATEWAY)) as server:
        async with client(server, {"max_tries": 3}) as vault:
            with pytest.raises(VaultioError):
                await vault.documents.retrieve(7)
    assert (len(calls(server)), Config().max_tries) == (3, 4)
