"""A copy that is killed again and again: one document each, and the same bytes on both sides."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from tests.faults.tools.kills import run_until
from tests.migration.copying import add_plans, entries, md5s
from tests.migration.test_spool import bytes_in
from vaultio.migration.spool import FOLDER
from vaultio.sandbox import Sandbox

CONCURRENCY = 4
COUNT, KILLS = 150, 5

# A copy as a program of its own, between vaults that live on when it is killed.
PROGRAM = f"""
import asyncio, os, sys
from vaultio import Limiter, Password, Vault
from vaultio.migration import copy

async def main(source, target, spool):
    login = Password("ana@example.com", os.environ["VAULTIO_PASSWORD"])
    options = dict(api_version="v11.0")
    async with (
        Vault(source, login, limiter=Limiter.unlimited(), **options) as one,
        Vault(target, login, limiter=Limiter.unlimited(), **options) as other,
    ):
        include = ["source", "attachments"]
        report = await copy(
            one, other, spool=spool, include=include, concurrency={CONCURRENCY}, settle_s=0.2
        )
        assert report.failed == 0, report.failures

asyncio.run(main(*sys.argv[1:]))
"""


@pytest.mark.heavy
async def test_a_killed_copy_goes_on(sandbox: Sandbox, target: Sandbox, tmp_path: Path) -> None:
    """After any number of SIGKILLs, with answers lost too, everything is there exactly once."""
    add_plans(sandbox, COUNT)
    for one in range(1, COUNT, 5):
        sandbox.documents.add_attachment(one, "a.txt", b"attached")
    target.faults.lost_answer(method="POST", path="/objects/*", share=0.05, seed=6)
    dice = random.Random(6)
    async with sandbox.serve() as here, target.serve() as there:
        program = ["-c", PROGRAM, here, there, str(tmp_path)]
        for _ in range(KILLS):
            await run_until(program, lambda: target.quota.calls, dice.randrange(4, 40))
        await run_until(program, lambda: target.quota.calls, None)

    assert md5s(target) == md5s(sandbox)
    assert sum(len(list(one.attachments)) for one in target.documents) == COUNT // 5
    assert {one.verified for one in await entries(tmp_path, "document")} == {"md5"}
    assert bytes_in(tmp_path / FOLDER) == 0
