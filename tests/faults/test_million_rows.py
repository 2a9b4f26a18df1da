"""Rows by the million: few calls, little memory, every result in its place.

The program runs in a process of its own, so that what counts is its memory alone.
"""

from __future__ import annotations

import asyncio
import json
import resource
import subprocess
import sys
from collections.abc import Iterator, Mapping
from typing import Any

import pytest

from tests.layers import ROOT
from tests.transport.bulk_server import BulkServer, client_of

MIB = 1024 * 1024
PLANTED = (17, 0.5, 1.0)
"""Where the bad rows are: a number, or a share of all rows."""


def rows_of(count: int, bad: set[int]) -> Iterator[Mapping[str, object]]:
    """Make rows one by one, as a cursor of a database does."""
    for number in range(1, count + 1):
        name = "bad" if number in bad else f"Document {number}"
        yield {"name__v": name, "type__v": "Protocol", "file": f"/{number}.pdf", "number": number}


async def moved(count: int) -> dict[str, Any]:
    """Create documents, and report on what came back."""
    bad = {one if isinstance(one, int) else int(one * count) for one in PLANTED}
    server = BulkServer(bad={"bad"}, keep_bodies=False)
    seen, failed, in_order = 0, [], True
    async with client_of(server) as vault:
        async for result in vault.documents.create_many(rows_of(count, bad)):
            seen += 1
            in_order &= result.row == seen and result.id in (seen, None)
            if not result.succeeded:
                failed.append((result.row, result.error_type))
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    return {
        "rows": seen,
        "calls": server.calls,
        "in_order": in_order,
        "failed": failed,
        "most_in_flight": server.most_in_flight,
        "memory_bytes": memory,
    }


async def test_twenty_thousand_rows() -> None:
    """40 calls, 4 at a time at most; the three bad rows are named and no other."""
    report = await moved(20_000)

    assert (report["rows"], report["calls"], report["in_order"]) == (20_000, 40, True)
    assert report["failed"] == [(row, "INVALID_DATA") for row in (17, 10_000, 20_000)]
    assert 1 < report["most_in_flight"] <= 4


@pytest.mark.heavy
@pytest.mark.skipif(sys.platform != "linux", reason="memory is in KiB on Linux alone")
def test_a_million_rows() -> None:
    """2,000 calls and less than 150 MiB, however many rows there are."""
    program = [sys.executable, "-m", "tests.faults.test_million_rows", "1000000"]

    report = json.loads(subprocess.check_output(program, cwd=ROOT))

    print(report)
    assert (report["rows"], report["calls"], report["in_order"]) == (1_000_000, 2_000, True)
    assert report["failed"] == [[row, "INVALID_DATA"] for row in (17, 500_000, 1_000_000)]
    assert report["memory_bytes"] < 150 * MIB


if __name__ == "__main__":
    print(json.dumps(asyncio.run(moved(int(sys.argv[1])))))
