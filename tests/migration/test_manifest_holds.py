"""The book of a migration under force: killed writers, disks that refuse, a million rows."""

from __future__ import annotations

import asyncio
import os
import resource
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from statistics import median

import pytest

from tests.migration.books import book, draft, drafts, states
from vaultio import TargetError
from vaultio.migration.entries import Result
from vaultio.migration.manifest import NAME, Manifest

MILLION = 1_000_000
MIB = 1024 * 1024

# Claims and settles as fast as it can; each line it prints is a number that is surely settled.
WRITER = """
import asyncio, sys
from pathlib import Path
from tests.migration.books import book
from vaultio.migration.entries import Result

async def main():
    async with book(Path(sys.argv[1])) as manifest:
        while entries := await manifest.claim("files", "writer", 5, 60):
            await manifest.settle([Result(number=one.number, state="done") for one in entries])
            print(*(one.number for one in entries), flush=True)

asyncio.run(main())
"""


async def _killed(folder: Path) -> int:
    """Run the writer, kill it in the middle, and count what it said to have settled."""
    command = [sys.executable, "-c", WRITER, str(folder)]
    writer = await asyncio.create_subprocess_exec(*command, stdout=asyncio.subprocess.PIPE)
    assert writer.stdout is not None
    said = [await writer.stdout.readline() for _ in range(20)]
    writer.kill()
    said += (await writer.stdout.read()).splitlines(keepends=True)
    await writer.wait()
    return sum(len(line.split()) for line in said if line.endswith(b"\n"))


async def test_a_killed_writer_leaves_a_true_book(tmp_path: Path) -> None:
    """After SIGKILL in the middle, what was settled is done; at most one batch is in its hands."""
    async with book(tmp_path) as manifest:
        await manifest.add(drafts(range(20_000)))
    settled = await _killed(tmp_path)

    async with book(tmp_path) as manifest:
        found = await states(manifest)
        await manifest.release()
        assert settled <= found["done"] <= settled + 5
        assert found["done"] + found.get("leased", 0) + found["found"] == 20_000
        assert found.get("leased", 0) <= 5
        assert await manifest.waiting("files", 20_000) == 20_000 - found["done"]


@pytest.fixture
def read_only(tmp_path: Path) -> Iterator[Path]:
    """A disk with a manifest of one item, which takes no more."""
    folder = tmp_path / "disk"
    folder.mkdir()
    commands = [["mount", "-t", "tmpfs", "-o", "size=4m", "tmpfs", str(folder)]]
    commands += [["mount", "-o", "remount,ro", str(folder)]]
    try:
        subprocess.run(commands[0], check=True, capture_output=True)
    except (OSError, subprocess.CalledProcessError):
        pytest.skip("only root may mount a disk, and not everywhere")
    try:
        asyncio.run(_one_item(folder))
        subprocess.run(commands[1], check=True)
        yield folder
    finally:
        subprocess.run(["umount", str(folder)], check=True)


async def _one_item(folder: Path) -> None:
    async with book(folder) as manifest:
        await manifest.add([draft(1)])


async def test_a_read_only_disk_can_be_looked_at(read_only: Path) -> None:
    """A book on a disk that takes no files is read all the same; a job on it says why not."""
    async with Manifest(read_only / NAME) as manifest:
        assert await states(manifest) == {"found": 1}

    with pytest.raises(TargetError, match=r"read-?only|unable to open"):
        async with book(read_only) as manifest:
            await manifest.add([draft(2)])


async def test_a_full_disk_is_said(small_disk: Path) -> None:
    """The error has the disk's number; what was settled before is still there, and more goes."""
    async with book(small_disk) as manifest:
        await manifest.add([draft(0)])
        filler = small_disk / "filler"
        await asyncio.to_thread(_fill, filler)
        with pytest.raises(TargetError) as caught:
            await manifest.add(drafts(range(1, 20_000)))
        filler.unlink()
        await manifest.add([draft(1)])

        assert (caught.value.errno, await states(manifest)) == (28, {"found": 2})


def _fill(path: Path) -> None:
    with path.open("wb", buffering=0) as file:
        try:
            while True:
                file.write(bytes(4096))
        except OSError:
            return


async def test_a_look_while_somebody_writes(tmp_path: Path) -> None:
    """A report may be made at any time: reading needs no lock, and holds nobody up."""
    async with book(tmp_path) as manifest:
        await manifest.add(drafts([1, 2]))
        await manifest.claim("files", "a", 1, 60)

        async with Manifest(tmp_path / NAME) as other:
            assert await states(other) == {"leased": 1, "found": 1}
            await manifest.add([draft(3)])
            assert await states(other) == {"leased": 1, "found": 2}


@pytest.mark.heavy
async def test_a_million_items(tmp_path: Path) -> None:
    """Claims cost the same at the end as with few rows; memory does not grow with the book."""
    async with book(_made(tmp_path / "few")) as few, book(_made(tmp_path / "many")) as many:
        await few.add(drafts(range(1000)))
        for begin in range(0, MILLION, 10_000):
            await many.add(drafts(range(begin, begin + 10_000)))
        costs = [(await _claim_s(few), await _claim_s(many)) for _ in range(20)]
        [tally] = [one for one in await many.tallies() if one.state == "found"]

    small, large = (median(column) for column in zip(*costs, strict=True))
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    assert tally.items == MILLION - 20 * 16
    assert large < max(0.02, 10 * small)
    assert memory < 200 * MIB


async def _claim_s(manifest: Manifest) -> float:
    """Claim and settle 16 items; return the seconds of the claim."""
    begun = time.perf_counter()
    entries = await manifest.claim("files", str(os.getpid()), 16, 60)
    passed = time.perf_counter() - begun
    await manifest.settle([Result(number=one.number, state="done") for one in entries])
    return passed


def _made(folder: Path) -> Path:
    folder.mkdir()
    return folder
