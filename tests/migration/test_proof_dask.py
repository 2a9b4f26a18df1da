"""The proof that an export by a cluster loses nothing, and keeps to the quota.

Four worker processes of dask, a real Redis, a vault behind a real socket that counts, and one
worker killed in the middle. ``CLUSTER_SMALL`` and ``CLUSTER_LARGE`` are the numbers of documents
of the heavy proof, ``CLUSTER_LIMIT`` the calls in 2 s.
"""

from __future__ import annotations

import os
import time
from pathlib import Path
from typing import Any

import pytest
from attrs import asdict, frozen

from tests.integrations.cluster import PASSWORD_VARIABLE, cluster
from tests.migration.programs.cluster_exporter import Order
from tests.migration.programs.vault_server import Setup
from tests.migration.proving import Costs, check_files, serving, start
from tests.redis_server import RedisServer, needs

WINDOW_S = 2.0
WORKERS, BATCH = 4, 16
HEAVY = {
    "small": int(os.environ.get("CLUSTER_SMALL", "20000")),
    "large": int(os.environ.get("CLUSTER_LARGE", "200")),
}


@frozen
class Seen:
    """What came of it: files, worst window at the vault, and files that were written over."""

    files: int
    worst: int
    refused: int
    overwritten: list[str]
    costs: Costs


def prove(folder: Path, archive: dict[str, Any], limit: int) -> Seen:
    """Export with four workers and one kill, and look at everything."""
    setup = Setup(archive=archive, limit=limit, window_s=WINDOW_S)
    files, number = folder / "files", archive["small"] + archive["large"]
    needs()
    with RedisServer() as redis, serving(setup) as vault:
        with cluster(folder / "cluster", WORKERS) as made:
            order = Order(
                url=vault.url,
                folder=str(files),
                scheduler=made.address,
                password=f"env:{PASSWORD_VARIABLE}",
                store=redis.url,
                limit=limit,
                window_s=WINDOW_S,
                batch_size=BATCH,
            )
            begun = time.monotonic()
            with start("cluster_exporter", asdict(order)) as driver:
                made.kill_one(driver, lambda: vault.ask("calls") >= number // 2, longest_s=3_000)
            seconds, quota = time.monotonic() - begun, vault.ask("quota")
            whole = check_files(vault, files)
            costs = Costs.of(vault, whole)
            overwritten = made.overwritten(files)
    print(f"{whole} files in {seconds:.0f} s; worst window {quota['worst']} of {limit}, refused")
    print(f"{quota['refused']}; {costs.calls} calls, at least {costs.least}, twice: {costs.twice}")
    return Seen(whole, quota["worst"], quota["refused"] + quota["delayed"], overwritten, costs)


def check(seen: Seen, files: int, limit: int) -> None:
    """Hold it against what was promised."""
    assert seen.files == files
    assert seen.worst <= limit
    assert seen.refused == 0
    assert seen.overwritten == []
    # A worker that is killed has eight files in flight, and results that nobody heard of.
    assert seen.costs.twice <= 8


@pytest.mark.heavy
def test_a_worker_is_killed(tmp_path: Path) -> None:
    """Some hundred documents, 100 calls in 2 s."""
    archive = {"small": 400, "large": 4, "large_bytes": 2_000_000}

    check(prove(tmp_path, archive, 100), 404, 100)


@pytest.mark.heavy
def test_a_worker_is_killed_in_4_4_gigabytes(tmp_path: Path) -> None:
    """20,000 documents of 20 KB and 200 of 20 MB."""
    limit = int(os.environ.get("CLUSTER_LIMIT", "400"))

    check(prove(tmp_path, HEAVY, limit), sum(HEAVY.values()), limit)
