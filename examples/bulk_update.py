"""Change many documents from a CSV file, and say of every row what became of it.

The story: the quality department sends a list of new titles, a row a document. A thousand rows go
out in one call, so a list of 50,000 costs 50 calls. Vault says SUCCESS of a call in which every row
was refused, so the rows are what is looked at: ``report.csv`` has number, id and reason of each
that failed, ``failed.csv`` these rows as they came, to be corrected and run again. Nothing is held
in memory but the rows under way.

Run it::

    export VAULTIO_URL=https://myvault.veevavault.com VAULTIO_USER=ana@example.com
    export VAULTIO_PASSWORD=...
    python bulk_update.py changes.csv

The CSV has a column ``id`` and the fields to set, by Vault's names. Without one, the program asks
the vault for its SOPs and makes a list that has a mistake in it. Without a vault, ``vaultio
sandbox`` runs one in memory and prints these settings.
"""

from __future__ import annotations

import asyncio
import csv
import os
import sys
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, aclosing, contextmanager
from pathlib import Path

from attrs import define

from vaultio import Password, RowResult, Vault, VaultioError

CHANGES, REPORT, FAILED = Path("changes.csv"), Path("report.csv"), Path("failed.csv")
COLUMNS = ("row", "id", "error", "message")
QUERY = "SELECT id, name__v FROM documents WHERE type__v = 'SOP'"


@define
class Report:
    """What became of the rows so far; the rows themselves are read along with the results."""

    rows: Iterator[dict[str, str]]
    again: csv.DictWriter[str]
    failures: csv.DictWriter[str]
    done: int = 0
    failed: int = 0

    def add(self, result: RowResult) -> None:
        """Count one row; write it down if it failed."""
        row = next(self.rows)
        self.done += 1
        if not result.succeeded:
            self.failed += 1
            self.again.writerow(row)
            values = (result.row, row["id"], result.error_type, result.message)
            self.failures.writerow(dict(zip(COLUMNS, values, strict=True)))


@contextmanager
def report_on(changes: Path) -> Iterator[Report]:
    """Open the files: results come in the order of the rows, so a second reader keeps step."""
    with ExitStack() as files:
        rows = csv.DictReader(files.enter_context(changes.open(encoding="utf-8-sig", newline="")))
        again, failures = (
            csv.DictWriter(files.enter_context(path.open("w", encoding="utf-8", newline="")), names)
            for path, names in ((FAILED, rows.fieldnames or ()), (REPORT, COLUMNS))
        )
        again.writeheader()
        failures.writeheader()
        yield Report(rows, again, failures)


async def list_of_changes(vault: Vault) -> Path:
    """Make a list for want of one: a title for each SOP, and for a document that is not there."""
    titles = [(row["id"], f"{row['name__v']}, revised") async for row in vault.query(QUERY)]
    write(CHANGES, [("id", "title__v"), *titles, (987_654, "Nobody's title")])
    return CHANGES


def write(path: Path, lines: Iterable[Iterable[object]]) -> None:
    """Write a small CSV file."""
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows(lines)


async def update(vault: Vault, changes: Path) -> int:
    """Send all rows; 1 if some have no result, else 0, whatever the results are."""
    with report_on(changes) as report:
        try:
            async with aclosing(vault.documents.update_many(changes)) as results:
                async for result in results:
                    report.add(result)
        except VaultioError as error:
            # The notes name the rows of the call that failed, and what became of the others.
            print("\n".join([str(error), *getattr(error, "__notes__", [])]), file=sys.stderr)
            print("a title set twice is the same as set once: run it again", file=sys.stderr)
            return 1
        finally:
            print(f"{report.done} rows have a result, {report.failed} failed: see {REPORT}")
    return 0


async def main() -> int:
    """Update what the list on the command line names."""
    credentials = Password(os.environ["VAULTIO_USER"], os.environ["VAULTIO_PASSWORD"])
    async with Vault(os.environ["VAULTIO_URL"], credentials, api_version="v24.3") as vault:
        # People who use the same vault are not kept waiting.
        bulk = vault.with_options(priority="bulk")
        changes = Path(sys.argv[1]) if len(sys.argv) > 1 else await list_of_changes(vault)
        return await update(bulk, changes)


if __name__ == "__main__":
    sys.exit(asyncio.run(main()))
