"""An export as a program, to be killed: ``python -m tests.migration.programs.exporter '{...}'``.

Prints what ended it, if that was an error of ours, and leaves with 1.
"""

from __future__ import annotations

from typing import Literal

from attrs import define, field

from tests.migration.programs import run
from vaultio import Limiter, Password, Quota, Vault
from vaultio.migration import Include, export


@define(kw_only=True)
class Order:
    """What to export. `limit` and `window_s` (seconds) are the quota, None is plenty."""

    url: str
    folder: str
    include: list[Include] = field(factory=lambda: ["source"])
    versions: Literal["latest", "all"] = "latest"
    concurrency: int = 8
    limit: int | None = None
    window_s: float = 300.0


def limiter(order: Order) -> Limiter:
    """Make a limiter for a quota, or one that never makes anybody wait."""
    if order.limit is None:
        return Limiter(burst=Quota(10_000_000, order.window_s), daily=None, pace=None)
    return Limiter(burst=Quota(order.limit, order.window_s), daily=None)


async def main(order: Order) -> int:
    """Export."""
    credentials = Password("ana@example.com", "secret")
    async with Vault(order.url, credentials, api_version="v11.0", limiter=limiter(order)) as vault:
        await export(
            vault,
            order.folder,
            include=order.include,
            versions=order.versions,
            concurrency=order.concurrency,
        )
    return 0


if __name__ == "__main__":
    run(main, Order)
