"""Programs that download different files to one name: one wins, the other is told."""

from __future__ import annotations

import asyncio
import sys
from asyncio.subprocess import PIPE, Process
from collections import Counter
from pathlib import Path

import pytest

from tests.faults.tools.leftovers import files
from tests.layers import ROOT
from vaultio.sandbox import Sandbox

SIZE = 2_000_000
WRITERS = 2


async def started(url: str, document: int, target: Path, on_exists: str) -> Process:
    """Start a program, and wait until it could begin."""
    command = [sys.executable, "-m", "tests.faults.writer_program"]
    process = await asyncio.create_subprocess_exec(
        *command, url, str(document), str(target), on_exists, stdin=PIPE, stdout=PIPE, cwd=ROOT
    )
    assert process.stdout is not None
    assert await process.stdout.readline() == b"ready\n"
    return process


async def race(sandbox: Sandbox, target: Path, on_exists: str) -> tuple[list[str], list[bytes]]:
    """Let all begin at once, each with a file of its own; returns what they said, and the files."""
    contents = [bytes([number]) * SIZE for number in range(WRITERS)]
    ids = [sandbox.documents.add("Protocol", content, file_name="f") for content in contents]
    sandbox.faults.drip(4 * SIZE, path="*/file", count=None)  # all are at it for a while
    async with sandbox.serve() as url:
        calls = (started(url, one, target, on_exists) for one in ids)
        processes = await asyncio.gather(*calls)
        ends = await asyncio.gather(*(process.communicate(b"go\n") for process in processes))
    return [printed.decode().strip() for printed, _ in ends], contents


@pytest.mark.parametrize("named", [True, False], ids=["file", "folder"])
async def test_one_wins_and_the_others_are_told(
    sandbox: Sandbox, tmp_path: Path, named: bool
) -> None:
    """One file, whole and the winner's; nothing beside it."""
    told, contents = await race(sandbox, tmp_path / "f" if named else tmp_path, "error")
    losers = [one for one in told if one != "f"]
    assert len(losers) == WRITERS - 1
    assert all("TargetExistsError" in one and "made by somebody else" in one for one in losers)
    assert files(tmp_path) == {"f": contents[told.index("f")]}


@pytest.mark.parametrize(
    ("on_exists", "expected"),
    [
        ("skip", Counter({"f": 1, "skipped": WRITERS - 1})),
        ("unique", Counter({"f": 1, "f (2)": 1})),
        ("replace", Counter({"f": WRITERS})),
    ],
)
async def test_those_who_said_what_they_want(
    sandbox: Sandbox, tmp_path: Path, on_exists: str, expected: Counter[str]
) -> None:
    """The others skip, take another name, or come last; every file is whole, and one's own."""
    told, contents = await race(sandbox, tmp_path / "f", on_exists)
    assert Counter(told) == expected
    found = files(tmp_path)
    assert set(found) == set(told) - {"skipped"}
    assert set(found.values()) <= set(contents)
    assert len(set(found.values())) == len(found)
