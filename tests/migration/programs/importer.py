"""An import as a program, to be killed: ``python -m tests.migration.programs.importer '{...}'``.

Prints what ended it, if that was an error of ours, and leaves with 1; with 3 if items failed.
"""

from __future__ import annotations

from attrs import define

from tests.migration.programs import run
from tests.migration.programs.exporter import Order as Exporting
from tests.migration.programs.exporter import limiter
from vaultio import Password, Vault
from vaultio.migration import import_documents


@define(kw_only=True)
class Order:
    """What to import: the folder *source* of an export. The manifest goes into *folder*."""

    url: str
    source: str
    folder: str
    concurrency: int = 8


async def main(order: Order) -> int:
    """Import; return the status of the program."""
    credentials = Password("ana@example.com", "secret")
    plenty = limiter(Exporting(url=order.url, folder=order.folder))
    async with Vault(order.url, credentials, api_version="v11.0", limiter=plenty) as vault:
        report = await import_documents(
            vault,
            order.source,
            folder=order.folder,
            concurrency=order.concurrency,
            settle_s=0.1,  # a sandbox finds at once what was created
        )
    for failure in report.failures[:5]:
        print(f"{failure.key}: {failure.error_type}: {failure.message}", flush=True)
    return 3 if report.failed else 0


if __name__ == "__main__":
    run(main, Order)
