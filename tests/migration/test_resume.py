"""An export that is killed: the next run goes on, and pays for what was in flight alone."""

from __future__ import annotations

import hashlib
import random
from pathlib import Path

from tests.faults.tools.kills import run_until
from tests.migration.conftest import died, files, items
from vaultio import Vault
from vaultio.migration import export
from vaultio.sandbox import Sandbox

CONCURRENCY = 4

# An export as a program of its own, against a sandbox that lives on when it is killed.
PROGRAM = f"""
import asyncio, os, sys
from vaultio import Limiter, Password, Vault
from vaultio.migration import export

async def main(url, folder):
    credentials = Password("ana@example.com", os.environ["VAULTIO_PASSWORD"])
    limiter = Limiter(pace=None)
    async with Vault(url, credentials, api_version="v11.0", limiter=limiter) as vault:
        await export(vault, folder, concurrency={CONCURRENCY})

asyncio.run(main(*sys.argv[1:]))
"""


async def test_a_killed_export_goes_on(sandbox: Sandbox, tmp_path: Path) -> None:
    """After any number of SIGKILLs all files are there, and hardly a call was made twice."""
    count, kills, dice = 200, 4, random.Random(7)
    sandbox.settings.documents_limit = 20
    md5s = sorted(_add(sandbox, number) for number in range(count))
    async with sandbox.serve() as url:
        program = ["-c", PROGRAM, url, str(tmp_path)]
        for kill_after in [*(dice.randrange(2, 50) for _ in range(kills)), None]:
            await run_until(program, lambda: sandbox.quota.calls, kill_after)

    found = await items(tmp_path, "source")
    assert sorted(str(one.md5) for one in found) == md5s
    assert [name for name in files(tmp_path) if ".part" in name] == []
    assert len(files(tmp_path)) == count
    # Of the pages of the list, and of the files in flight, one each may be asked for again.
    least = count + count // 20 + 2
    assert sandbox.quota.calls <= least + kills * (CONCURRENCY + 2) + 1


def _add(sandbox: Sandbox, number: int) -> str:
    content = f"content {number}".encode() * 100
    sandbox.documents.add(f"Plan {number}", content)
    return hashlib.md5(content, usedforsecurity=False).hexdigest()


async def test_what_is_whole_but_not_written_down(
    vault: Vault, sandbox: Sandbox, tmp_path: Path
) -> None:
    """A file that was whole when the run died costs no call, though the manifest missed it."""
    sandbox.documents.add("Plan", b"source")
    await export(vault, tmp_path)
    died(tmp_path)

    report = await export(vault, tmp_path)

    assert (report.files, report.verified, report.calls) == (1, 1, 1)


async def test_parts_of_a_killed_run_go(vault: Vault, sandbox: Sandbox, tmp_path: Path) -> None:
    """What lies where a dead run was at work is removed, and nothing else is."""
    one = sandbox.documents.add("Plan", b"source", file_name="a.txt")
    await export(vault, tmp_path)
    died(tmp_path)
    for name in (
        ".vaultio-1.part",
        f"{one}/0.1/.vaultio-2.part",
        "other/.vaultio-3.part",
        "x.part",
    ):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).touch()

    await export(vault, tmp_path)

    assert files(tmp_path) == [f"{one}/0.1/a.txt", "other/.vaultio-3.part", "x.part"]
