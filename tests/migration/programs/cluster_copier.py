"""A copy by the workers of a dask cluster, whose driver this is.

``python -m tests.migration.programs.cluster_copier '{...}'`` prints what failed, or what ended it,
if that was an error of ours, and leaves with 1.
"""

from __future__ import annotations

import asyncio
import json
import sys
from typing import Literal

from attrs import define, evolve, field

from tests.migration.programs import cluster_exporter
from tests.migration.programs.cluster_exporter import recipe
from vaultio import VaultioError
from vaultio.integrations.dask import DaskCrew
from vaultio.migration import Include, copy


@define(kw_only=True)
class Order(cluster_exporter.Order):
    """What to copy; `folder` is for the manifest and the spool, `url` the source."""

    target: str
    include: list[Include] = field(factory=lambda: ["source"])
    versions: Literal["latest", "all"] = "latest"
    batch_size: int = 200
    at_once: int = 8
    settle_s: float = 0.5


async def main(order: Order) -> None:
    """Copy."""
    one, other = recipe(order), recipe(evolve(order, url=order.target))
    crew = DaskCrew(order.scheduler, one, target=other)
    crew.at_once, crew.batch_size = order.at_once, order.batch_size
    async with one.opened() as source, other.opened() as target:
        report = await copy(
            source,
            target,
            spool=order.folder,
            include=order.include,
            versions=order.versions,
            settle_s=order.settle_s,
            crew=crew,
        )
    failures = [f"{one.label}: {one.message}" for one in report.failures]
    print(json.dumps({"calls": report.calls, "failures": failures}))


if __name__ == "__main__":
    try:
        asyncio.run(main(Order(**json.loads(sys.argv[1]))))
    except VaultioError as error:
        print(f"{type(error).__name__}: {error}", flush=True)
        sys.exit(1)
