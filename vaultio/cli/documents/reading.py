"""``vaultio documents list``, ``show`` and ``versions``."""

from __future__ import annotations

from typing import Annotated

import typer
from attrs import frozen

from vaultio import VersionNumber, vql_text
from vaultio.cli.connection import Access, Connection, Debug
from vaultio.cli.downloading import DocumentId, Version
from vaultio.cli.exits import DONE
from vaultio.cli.options import grouped
from vaultio.cli.querying import LimitRows, limited
from vaultio.cli.rows import Listing, Row, row_of, whole, write_rows
from vaultio.cli.running import UsageError, execute

COLUMNS = (
    *("id", "document_number__v", "name__v", "type__v", "status__v"),
    *("major_version_number__v", "minor_version_number__v"),
)
Type = Annotated[
    str | None, typer.Option("--type", metavar="LABEL", help="Only those of this type.")
]
Status = Annotated[
    str | None,
    typer.Option("--status", metavar="LABEL", help="Only those in this state, such as Approved."),
]
Fields = Annotated[
    str | None,
    typer.Option(metavar="NAMES", help="Which fields, by Vault's names, separated by commas."),
]
Sort = Annotated[
    str | None, typer.Option(metavar="FIELD", help="Sort by a field: name__v, or 'id desc'.")
]


@frozen(kw_only=True)
class Filter:
    """The options that say which documents, and what of them."""

    type: Type = None
    status: Status = None
    fields: Fields = None
    sort: Sort = None
    limit_rows: LimitRows = None

    def vql(self) -> str:
        """Write the query."""
        wanted = {"type__v": self.type, "status__v": self.status}
        tests = [f"{name} = {vql_text(one)}" for name, one in wanted.items() if one is not None]
        where = f" WHERE {' AND '.join(tests)}" if tests else ""
        order = f" ORDER BY {self.sort}" if self.sort else ""
        return f"SELECT {', '.join(columns(self.fields))} FROM documents{where}{order}"


@grouped
def list_command(wanted: Filter, listing: Listing, access: Access, debug: Debug = False) -> None:
    """List documents, page by page: all that the user may see, or those of a type or state.

    `vaultio query` asks for anything else.

    Example: `vaultio documents list --type SOP --sort name__v --output csv`
    """
    execute(lambda: _list(access.connection(), wanted, listing), debug=debug)


@grouped
def show_command(
    document_id: DocumentId,
    listing: Listing,
    access: Access,
    version: Version = None,
    debug: Debug = False,
) -> None:
    """Show all fields of a document, at its latest version or another one.

    Example: `vaultio documents show 7 --output json`
    """
    number = version
    execute(lambda: _show(access.connection(), document_id, number, listing), debug=debug)


@grouped
def versions_command(
    document_id: DocumentId, listing: Listing, access: Access, debug: Debug = False
) -> None:
    """List the versions that a document has, oldest first.

    Example: `vaultio documents versions 7`
    """
    execute(lambda: _versions(access.connection(), document_id, listing), debug=debug)


def columns(text: str | None) -> list[str]:
    """Read --fields, or raise `UsageError`."""
    if text is None:
        return list(COLUMNS)
    names = [name.strip() for name in text.split(",") if name.strip()]
    if not names:
        raise UsageError("--fields takes names such as id,name__v")
    return names


async def _list(known: Connection, wanted: Filter, listing: Listing) -> int:
    listing.check()
    vql = wanted.vql()
    async with known.open() as vault:
        await write_rows(limited(vault.query(vql).pages(), wanted.limit_rows), listing)
    return DONE


async def _show(known: Connection, document_id: int, version: str | None, listing: Listing) -> int:
    listing.check()
    number = VersionNumber.parse(version) if version is not None else None
    async with known.open() as vault:
        if number is None:
            document = await vault.documents.retrieve(document_id)
        else:
            one = vault.documents.version(document_id, number.major, number.minor)
            document = await one.retrieve()
    await write_rows(whole(one_shown(row_of(document), listing)), listing)
    return DONE


async def _versions(known: Connection, document_id: int, listing: Listing) -> int:
    listing.check()
    async with known.open() as vault:
        found = await vault.documents.retrieve_versions(document_id)
    rows = [
        {
            "id": document_id,
            "major_version_number__v": one.number.major,
            "minor_version_number__v": one.number.minor,
        }
        for one in found
    ]
    await write_rows(whole(rows), listing)
    return DONE


def one_shown(row: Row, listing: Listing) -> list[Row]:
    """Write a single thing: in a table a line for each of its fields."""
    if listing.output != "table":
        return [row]
    return [{"field": name, "value": value} for name, value in row.items()]
