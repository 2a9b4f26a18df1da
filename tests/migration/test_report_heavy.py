"""A report and a verification of a million items, in a process whose memory is measured."""

from __future__ import annotations

import asyncio
import json
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from tests.layers import ROOT
from tests.migration.stories import BEGAN, begun
from vaultio.migration.manifest import NAME

MILLION = 1_000_000
MIB = 1024 * 1024
FIELDS = {f"field_{number}__v": "a value of some length" for number in range(20)}

ITEMS = """
WITH RECURSIVE numbers (number) AS (
    SELECT 1 UNION ALL SELECT number + 1 FROM numbers WHERE number < :most
)
INSERT INTO items (key, stage, kind, source_id, source_version, path, state, tries, size, md5,
                   verified, error_type, message, data, found_at, updated_at)
SELECT 'document/' || number || '/0.1/source', 'files', 'source', number, '0.1',
       number || '/0.1/a.txt', iif(number % 100, 'done', 'failed'), 1, 10,
       iif(number % 100, 'ab', NULL), 'md5', iif(number % 100, NULL, 'TruncatedError'), 'it broke',
       :data, :began, :began + number / 5000.0
FROM numbers
"""
PROGRAM = """
import asyncio, json, sys, time
from benchmarks._ticker import memory
from vaultio.migration import summarise, verify, write_report

async def main(folder):
    took = {}
    for name, work in (("summarise", summarise), ("write", write_report), ("verify", verify)):
        begun = time.perf_counter()
        found = await work(folder)
        took[name] = round(time.perf_counter() - begun, 1)
    # Not what `getrusage` says: that begins at the highest of the process that started this one.
    counts = {"files": found.files, "missing": found.missing}
    return {"used": memory("VmHWM") or 0, "took": took, **counts}

print(json.dumps(asyncio.run(main(sys.argv[1]))))
"""


@pytest.mark.heavy
async def test_a_million_items(tmp_path: Path) -> None:
    """Memory stays under 200 MiB, and no item is left out."""
    await _filled(tmp_path)

    done = subprocess.run(  # noqa: ASYNC221 - nothing else is to be done
        [sys.executable, "-c", PROGRAM, str(tmp_path)],
        check=True,
        capture_output=True,
        text=True,
        cwd=ROOT,
    )
    found = json.loads(done.stdout)
    with (tmp_path / "vaultio-report.csv").open() as file:
        assert sum(1 for _ in file) == MILLION + 1
    print(found)
    assert found["files"] == found["missing"] == MILLION - MILLION // 100
    assert found["used"] < 200 * MIB


async def _filled(folder: Path) -> None:
    """Fill a manifest: one item in 100 has failed, and each has a document's fields."""
    story = begun(folder)
    async with story.manifest:
        await story.run()
        await story.run()
    await asyncio.to_thread(_insert, folder / NAME)


def _insert(path: Path) -> None:
    with closing(sqlite3.connect(path)) as database, database:
        database.execute(ITEMS, {"most": MILLION, "began": BEGAN, "data": json.dumps(FIELDS)})
