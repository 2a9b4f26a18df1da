"""The proof that an export keeps to the quota, and uses it: 60 calls per 2 s."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.migration.programs.exporter import Order
from tests.migration.programs.vault_server import Setup
from tests.migration.proving import check_files, run, serving

LIMIT, WINDOW_S = 60, 2.0
SETTLED_S = 4.0


def use(arrivals: list[float]) -> float:
    """Say which part of the quota was used, from a while after the first call to the last."""
    begin_s = arrivals[0] + SETTLED_S
    counted = sum(time_s > begin_s for time_s in arrivals)
    return counted * WINDOW_S / LIMIT / (arrivals[-1] - begin_s)


@pytest.mark.parametrize(
    ("documents", "least"), [(240, 0.8), pytest.param(1_800, 0.93, marks=pytest.mark.heavy)]
)
def test_an_export_keeps_to_the_quota(tmp_path: Path, documents: int, least: float) -> None:
    """No call is refused or held back, no window has more than the limit, and it is used."""
    archive = {"small": documents, "large": 0, "small_bytes": 2_000}
    with serving(Setup(archive=archive, limit=LIMIT, window_s=WINDOW_S)) as vault:
        order = Order(url=vault.url, folder=str(tmp_path), limit=LIMIT, window_s=WINDOW_S)
        code, out = run(order)
        seen = vault.ask("quota")
        assert (code, check_files(vault, tmp_path)) == (0, documents), out

    print(f"worst window {seen['worst']} of {LIMIT}, use {100 * use(seen['arrivals']):.1f} %")
    assert (seen["refused"], seen["delayed"]) == (0, 0)
    assert seen["worst"] <= LIMIT
    assert use(seen["arrivals"]) >= least
