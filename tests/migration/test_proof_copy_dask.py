"""The proof that a copy by a cluster brings each document once, and keeps to both quotas.

Four worker processes of dask, a real Redis, two vaults behind real sockets that count, and one
worker killed in the middle. ``CLUSTER_COPIES`` is the number of documents of the heavy proof.
"""

from __future__ import annotations

import json
import os
import time
from pathlib import Path
from typing import Any

import pytest
from attrs import asdict, frozen

from tests.integrations.cluster import PASSWORD_VARIABLE, cluster
from tests.migration.conftest import top
from tests.migration.programs.vault_server import Setup
from tests.migration.proving import VaultProcess, check_same, serving, start
from tests.redis_server import RedisServer, needs

pytest.importorskip("distributed", reason="the extra dask is not installed")
from tests.migration.programs.cluster_copier import Order

WINDOW_S, LIMIT = 2.0, 80
WORKERS, PAGE, LARGE = 4, 200, 4
MANY = int(os.environ.get("CLUSTER_COPIES", "4000"))


@frozen
class Seen:
    """What came of it."""

    failures: list[str]
    worst: tuple[int, int]
    """The most calls in a window, at the source and at the target."""

    refused: int
    calls: tuple[int, int]
    least: tuple[int, int]
    left: set[str]
    """What lies in the spool."""


def prove(folder: Path, source: VaultProcess, target: VaultProcess, **values: Any) -> Seen:
    """Copy with four workers and one kill, and look at everything."""
    with RedisServer() as redis, cluster(folder / "cluster", WORKERS) as made:
        order = Order(
            url=source.url,
            target=target.url,
            folder=str(folder / "copy"),
            scheduler=made.address,
            password=f"env:{PASSWORD_VARIABLE}",
            store=redis.url,
            limit=LIMIT,
            window_s=WINDOW_S,
            **values,
        )
        begun = time.monotonic()
        with start("cluster_copier", asdict(order)) as driver:
            out = made.kill_one(driver, lambda: target.ask("calls") >= MANY // 2, longest_s=1_000)
        seconds = time.monotonic() - begun
    one, other = source.ask("quota"), target.ask("quota")
    check_same(source.ask("picture"), target.ask("picture"))
    calls = source.ask("calls"), target.ask("calls")
    documents, pages = MANY + LARGE, -(-(MANY + LARGE) // PAGE)
    least = documents + pages, documents + 2 * pages + 1
    print(f"{documents} documents in {seconds:.0f} s; calls {calls}, at least {least}")
    print(f"worst windows {one['worst']} and {other['worst']} of {LIMIT}")
    refused = sum(each["refused"] + each["delayed"] for each in (one, other))
    left = top(folder / "copy" / "spool") | (top(folder / "copy") & {"claims"})
    return Seen(
        json.loads(out)["failures"], (one["worst"], other["worst"]), refused, calls, least, left
    )


@pytest.mark.heavy
def test_a_worker_is_killed(tmp_path: Path) -> None:
    """Some thousand documents of 20 KB: each there once, both quotas kept, nothing left."""
    needs()
    archive = {"small": MANY, "large": LARGE, "large_bytes": 2_000_000}
    quota: dict[str, Any] = {"limit": LIMIT, "window_s": WINDOW_S}
    with serving(Setup(archive=archive, **quota)) as one:
        with serving(Setup(archive={"small": 0, "large": 0}, **quota)) as other:
            seen = prove(tmp_path, one, other)

    assert (seen.failures, seen.refused, seen.left) == ([], 0, set())
    assert max(seen.worst) <= LIMIT
    # What the dead worker was at is fetched and asked for again.
    assert max(made - least for made, least in zip(seen.calls, seen.least, strict=True)) <= 100
