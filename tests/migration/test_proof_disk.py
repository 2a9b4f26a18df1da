"""The proof that a full disk is a clear stop: real processes, a real small disk, then more room."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.faults.tools.disks import enlarge, tmpfs
from tests.migration.programs.exporter import Order
from tests.migration.programs.vault_server import Setup
from tests.migration.proving import Costs, check_files, run, serving

CONCURRENCY = 4
SMALL = {"small": 300, "small_bytes": 5_000, "large": 3, "large_bytes": 700_000}
HEAVY = {"small": 2_000, "large": 20, "large_bytes": 5_000_000}


def prove(folder: Path, archive: dict[str, int], room: str) -> tuple[list[tuple[int, str]], Costs]:
    """Export into a disk that is full twice, then into a larger one; return ends and costs."""
    with serving(Setup(archive=archive)) as vault:
        order = Order(url=vault.url, folder=str(folder), concurrency=CONCURRENCY)
        ends = [run(order), run(order)]
        assert [one.name for one in folder.rglob("*.part")] == []
        enlarge(folder, room)
        ends.append(run(order))
        costs = Costs.of(vault, check_files(vault, folder))
    print(f"{ends[0][1].strip()}; {costs.calls} calls, at least {costs.least}")
    return ends, costs


@pytest.mark.parametrize(
    ("archive", "size", "room"),
    [(SMALL, "2m", "64m"), pytest.param(HEAVY, "64m", "400m", marks=pytest.mark.heavy)],
)
def test_full_in_the_middle(tmp_path: Path, archive: dict[str, int], size: str, room: str) -> None:
    """The error says that the disk is full; with more room the rest comes, and nothing else."""
    with tmpfs(tmp_path / "disk", size) as folder:
        (first, second, third), costs = prove(folder, archive, room)

    for code, out in (first, second):
        assert (code, out[:12], "No space left" in out) == (1, "TargetError:", True)
    assert third == (0, "")
    # What a run had in its hands when the disk was full is begun anew, and a page of the list.
    assert costs.calls <= costs.least + 2 * (CONCURRENCY + 2)
