"""``vaultio attachments``."""

from __future__ import annotations

import os
from collections.abc import Coroutine
from pathlib import Path
from typing import Annotated, Any

import typer

from vaultio import Attachment, Vault
from vaultio.cli.acting import Acting, Acts
from vaultio.cli.connection import Access, Connection, Debug, Quiet
from vaultio.cli.console import for_data, for_people
from vaultio.cli.documents.writing import check_file
from vaultio.cli.downloading import IfExists
from vaultio.cli.exits import DONE
from vaultio.cli.options import grouped
from vaultio.cli.rows import Listing, row_of, whole, write_rows
from vaultio.cli.running import UsageError, execute
from vaultio.cli.transfer import transfer
from vaultio.cli.tree import group
from vaultio.downloads import OnExists
from vaultio.endpoints.parts import Attachments

Owner = Annotated[
    str,
    typer.Argument(
        metavar="ID", help="The document's id; with --object the record's.", show_default=False
    ),
]
ObjectName = Annotated[
    str | None,
    typer.Option(
        "--object", metavar="NAME", help="ID is a record of this object, such as site__v."
    ),
]
AttachmentId = Annotated[
    int | None,
    typer.Argument(
        metavar="[ATTACHMENT]", min=1, help="One of them by its id; else all.", show_default=False
    ),
]
Files = Annotated[
    list[Path], typer.Argument(metavar="FILE...", help="The files.", show_default=False)
]
To = Annotated[Path, typer.Option("--to", metavar="DIR", help="The folder to put them in.")]


@grouped
def list_command(
    owner: Owner,
    listing: Listing,
    access: Access,
    object_name: ObjectName = None,
    debug: Debug = False,
) -> None:
    """List the attachments of a document, or of an object's record.

    Example: `vaultio attachments list 7 --output json`
    """
    execute(lambda: _list(access.connection(), owner, object_name, listing), debug=debug)


@grouped
def download_command(
    owner: Owner,
    access: Access,
    attachment_id: AttachmentId = None,
    to: To = Path(),
    object_name: ObjectName = None,
    on_exists: IfExists = "error",
    quiet: Quiet = False,
    debug: Debug = False,
) -> None:
    """Download attachments, each checked against the MD5 that Vault knows; print where they are.

    Example: `vaultio attachments download 7 --to files/ --on-exists replace`
    """
    execute(
        lambda: _download(
            access.connection(), owner, object_name, attachment_id, to, on_exists, quiet
        ),
        debug=debug,
    )


@grouped
def add_command(
    owner: Owner,
    files: Files,
    acting: Acting,
    access: Access,
    object_name: ObjectName = None,
) -> None:
    """Add files as attachments; one that has the name of an attachment is its next version.

    Example: `vaultio attachments add 7 plan.pdf`
    """

    def prepare() -> Coroutine[Any, Any, int]:
        for file in files:
            check_file(file)
        return _add(access.connection(), owner, object_name, files, acting)

    execute(prepare, debug=acting.debug)


attachments = group(
    "List, fetch and add the attachments of a document or object record.",
    list=list_command,
    download=download_command,
    add=add_command,
)


def _room(vault: Vault, owner: str, object_name: str | None) -> Attachments:
    if object_name is not None:
        return vault.object_records.attachments(object_name, owner)
    if not (owner.isascii() and owner.isdigit()):
        raise UsageError(
            f"a document's id is a number, not {owner!r}", "of a record give --object, too"
        )
    return vault.documents.attachments(int(owner))


async def _list(known: Connection, owner: str, object_name: str | None, listing: Listing) -> int:
    listing.check()
    async with known.open() as vault:
        found = await _room(vault, owner, object_name).retrieve_all()
    rows = [row_of(one) for one in found]
    for row in rows:
        row.pop("versions", None)
    await write_rows(whole(rows), listing)
    return DONE


async def _download(
    known: Connection,
    owner: str,
    object_name: str | None,
    attachment_id: int | None,
    to: Path,
    on_exists: OnExists,
    quiet: bool,
) -> int:
    console = for_data()
    async with known.open() as vault:
        room = _room(vault, owner, object_name)
        wanted: tuple[Attachment, ...]
        if attachment_id is None:
            wanted = await room.retrieve_all()
        else:
            wanted = (await room.retrieve(attachment_id),)
        for one in wanted:
            with transfer(for_people(), one.filename or str(one.id), quiet=quiet) as progress:
                saved = await room.download(
                    one.id,
                    to=f"{to}{os.sep}",
                    on_exists=on_exists,
                    progress=progress,
                    verify=one.checksum,
                )
            console.print(os.fspath(saved.path), soft_wrap=True)
    return DONE


async def _add(
    known: Connection, owner: str, object_name: str | None, files: list[Path], acting: Acting
) -> int:
    console = for_data()
    async with known.open() as vault:
        acts = Acts.on(vault, dry_run=acting.dry_run)
        room = _room(acts.vault, owner, object_name)
        for file in files:
            with transfer(for_people(), file.name, quiet=acting.quiet) as progress:
                made = await acts.do(room.add(file, progress=progress))
            if made is not None:
                console.print(f"{made.id} version {made.version}", soft_wrap=True)
    return acts.tell() if acts.dry_run else DONE
