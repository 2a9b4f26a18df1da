"""The proof that an export survives SIGKILL: real processes, a real socket, the vault counts."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from tests.migration.programs.exporter import Order
from tests.migration.programs.vault_server import Setup
from tests.migration.proving import Costs, Kills, check_files, serving

CONCURRENCY = 8
SMALL = {"small": 600, "large": 6, "large_bytes": 2_000_000}
ACCEPTANCE = {"small": 20_000, "large": 200}


def prove(folder: Path, archive: dict[str, int], number: int) -> tuple[int, Costs, int]:
    """Kill an export so often; return how many files there are, what they cost, and the kills."""
    with serving(Setup(archive=archive)) as vault:
        kills = Kills.spread(number, archive["small"] + archive["large"])
        begun = time.monotonic()
        kills.run(vault, Order(url=vault.url, folder=str(folder), concurrency=CONCURRENCY))
        seconds = time.monotonic() - begun
        files = check_files(vault, folder)
        costs = Costs.of(vault, files)
    extra = 100 * (costs.calls / costs.least - 1)
    print(f"{files} files, {kills.hit} kills, {seconds:.0f} s: {costs.calls} calls, at least")
    print(f"{costs.least} ({extra:+.2f} %); fetched twice: {costs.twice}")
    return files, costs, kills.hit


@pytest.mark.heavy
def test_three_kills(tmp_path: Path) -> None:
    """Every file is there, whole and once; only what was in flight is fetched again."""
    files, costs, kills = prove(tmp_path, SMALL, 3)

    assert (files, kills) == (606, 3)
    assert costs.twice <= kills * CONCURRENCY
    # Beside these a page of the list, and the look at what is new, may be paid for again.
    assert costs.calls <= costs.least + kills * (CONCURRENCY + 2)


@pytest.mark.heavy
def test_ten_kills_in_4_4_gigabytes(tmp_path: Path) -> None:
    """The same with 20,000 files of 20 KB and 200 of 20 MB, for less than 2 % more calls."""
    files, costs, kills = prove(tmp_path, ACCEPTANCE, 10)

    assert (files, kills) == (20_200, 10)
    assert costs.twice <= kills * CONCURRENCY
    assert costs.calls <= 1.02 * costs.least
