"""An export by the workers of a dask cluster, whose driver this is, and may be killed.

``python -m tests.migration.programs.cluster_exporter '{...}'`` prints what ended it, if that was
an error of ours, and leaves with 1.
"""

from __future__ import annotations

from attrs import define

from tests.migration.programs import run
from vaultio import Quota
from vaultio.integrations.dask import DaskCrew, Recipe
from vaultio.migration import export


@define(kw_only=True)
class Order:
    """What to export, by whom; without *limit* calls in *window_s* seconds there is plenty."""

    url: str
    folder: str
    scheduler: str
    password: str
    """Where workers find it."""

    store: str | None = None
    limit: int | None = None
    window_s: float = 2.0
    batch_size: int = 16


def recipe(order: Order) -> Recipe:
    """Say how the vault is opened, here and on the workers."""
    return Recipe(
        url=order.url,
        api_version="v11.0",
        user="ana@example.com",
        password=order.password,
        store=order.store,
        burst=None if order.limit is None else Quota(order.limit, order.window_s),
        daily=None,
    )


async def main(order: Order) -> int:
    """Export."""
    how = recipe(order)
    crew = DaskCrew(order.scheduler, how, batch_size=order.batch_size)
    async with how.opened() as vault:
        await export(vault, order.folder, crew=crew)
    return 0


if __name__ == "__main__":
    run(main, Order)
