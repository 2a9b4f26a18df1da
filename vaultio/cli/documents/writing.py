"""``vaultio documents create``, ``upload``, ``update`` and ``delete``."""

from __future__ import annotations

from collections.abc import Coroutine, Mapping
from pathlib import Path
from typing import Annotated, Any

import typer
from attrs import frozen

from vaultio import VaultError
from vaultio.cli.acting import Acting, Acts, SetFields, Yes, confirm, fields_of
from vaultio.cli.connection import Access, Connection
from vaultio.cli.console import fail, for_data, for_people, say
from vaultio.cli.downloading import DocumentId
from vaultio.cli.exits import DONE, SOME_FAILED
from vaultio.cli.options import grouped
from vaultio.cli.running import UsageError, execute
from vaultio.cli.text import count, told
from vaultio.cli.transfer import transfer

DocumentIds = Annotated[
    list[int], typer.Argument(metavar="ID...", min=1, help="Their ids.", show_default=False)
]
SourceFile = Annotated[
    Path | None, typer.Argument(metavar="[FILE]", help="The file.", show_default=False)
]
NewFile = Annotated[Path, typer.Argument(metavar="FILE", help="The file.", show_default=False)]
Placeholder = Annotated[
    bool, typer.Option("--placeholder", help="Without a file, which is to come.")
]
Name = Annotated[
    str | None, typer.Option(metavar="TEXT", help="name__v; by default the file's name.")
]
Type = Annotated[str | None, typer.Option(metavar="LABEL", help="type__v, such as SOP.")]
Subtype = Annotated[str | None, typer.Option(metavar="LABEL", help="subtype__v.")]
Classification = Annotated[str | None, typer.Option(metavar="LABEL", help="classification__v.")]
Lifecycle = Annotated[str | None, typer.Option(metavar="LABEL", help="lifecycle__v.")]
Number = Annotated[str, typer.Option("--version", metavar="0.1", help="Its version.")]
Description = Annotated[
    str | None, typer.Option(metavar="TEXT", help="A description of the new version.")
]
Reclassify = Annotated[
    bool, typer.Option("--reclassify", help="Let type, subtype and lifecycle be set, too.")
]


@frozen(kw_only=True)
class NewDocument:
    """The options that say what a new document is."""

    name: Name = None
    type: Type = None
    subtype: Subtype = None
    classification: Classification = None
    lifecycle: Lifecycle = None
    version: Number = "0.1"
    more: SetFields = None

    def fields(self, file: Path | None) -> dict[str, object]:
        """Write them by Vault's names."""
        major, _, minor = self.version.partition(".")
        return fields_of(
            self.more,
            name__v=self.name or (file.stem if file else None),
            type__v=self.type,
            subtype__v=self.subtype,
            classification__v=self.classification,
            lifecycle__v=self.lifecycle,
            major_version_number__v=major,
            minor_version_number__v=minor,
        )


@grouped
def create_command(
    new: NewDocument,
    acting: Acting,
    access: Access,
    file: SourceFile = None,
    placeholder: Placeholder = False,
) -> None:
    """Create a document from a file, and print its id.

    What the vault requires of the type is given by --set.

    Example: `vaultio documents create plan.pdf --type SOP --lifecycle "General Lifecycle"`
    """

    def prepare() -> Coroutine[Any, Any, int]:
        if (file is None) != placeholder:
            raise UsageError("a document has a FILE, or is a --placeholder")
        if file is not None:
            check_file(file)
        return _create(access.connection(), new.fields(file), file, acting)

    execute(prepare, debug=acting.debug)


@grouped
def upload_command(
    document_id: DocumentId,
    file: NewFile,
    acting: Acting,
    access: Access,
    description: Description = None,
) -> None:
    """Replace a document's file; that makes a new version, whose number is printed.

    Example: `vaultio documents upload 7 plan.pdf --description "Typos mended"`
    """

    def prepare() -> Coroutine[Any, Any, int]:
        check_file(file)
        return _upload(access.connection(), document_id, file, description, acting)

    execute(prepare, debug=acting.debug)


@grouped
def update_command(
    document_id: DocumentId,
    acting: Acting,
    access: Access,
    fields: SetFields = None,
    reclassify: Reclassify = False,
) -> None:
    """Set fields of a document's latest version.

    Example: `vaultio documents update 7 --set title__v="Cleaning of vessels"`
    """

    def prepare() -> Coroutine[Any, Any, int]:
        values = fields_of(fields)
        if not values:
            raise UsageError("there is nothing to set", "say --set NAME=VALUE")
        return _update(access.connection(), document_id, values, reclassify, acting)

    execute(prepare, debug=acting.debug)


@grouped
def delete_command(
    document_ids: DocumentIds, acting: Acting, access: Access, yes: Yes = False
) -> None:
    """Delete documents with all their versions, for good.

    Example: `vaultio documents delete 41 42 --yes`
    """

    def prepare() -> Coroutine[Any, Any, int]:
        numbers = ", ".join(map(str, document_ids))
        what = f"Delete {count(len(document_ids), 'document')} ({numbers}) with all their versions"
        confirm(what, yes=yes or acting.dry_run)
        return _delete(access.connection(), document_ids, acting)

    execute(prepare, debug=acting.debug)


def check_file(path: Path) -> None:
    """Raise `UsageError` if there is no file to send."""
    if not path.is_file():
        raise UsageError(f"there is no file at {path}", "check its name")


async def _create(
    known: Connection, fields: Mapping[str, object], file: Path | None, acting: Acting
) -> int:
    async with known.open() as vault:
        acts = Acts.on(vault, dry_run=acting.dry_run)
        documents = acts.vault.documents
        if file is None:
            made = await acts.do(documents.create_placeholder(fields))
        else:
            with transfer(for_people(), file.name, quiet=acting.quiet) as progress:
                made = await acts.do(documents.create(fields, file=file, progress=progress))
    if acts.dry_run:
        return acts.tell()
    for_data().print(str(made))
    return DONE


async def _upload(
    known: Connection, document_id: int, file: Path, description: str | None, acting: Acting
) -> int:
    async with known.open() as vault:
        acts = Acts.on(vault, dry_run=acting.dry_run)
        content = acts.vault.documents.content(document_id)
        with transfer(for_people(), file.name, quiet=acting.quiet) as progress:
            work = content.update(file=file, description=description, progress=progress)
            made = await acts.do(work)
    if acts.dry_run or made is None:
        return acts.tell()
    for_data().print(str(made.number or "done"))
    return DONE


async def _update(
    known: Connection,
    document_id: int,
    fields: Mapping[str, object],
    reclassify: bool,
    acting: Acting,
) -> int:
    async with known.open() as vault:
        acts = Acts.on(vault, dry_run=acting.dry_run)
        documents = acts.vault.documents
        await acts.do(documents.update(document_id, fields, reclassify=reclassify or None))
    if acts.dry_run:
        return acts.tell()
    if not acting.quiet:
        say(f"document {document_id}: {count(len(fields), 'field')} set", "dim", to=for_people())
    return DONE


async def _delete(known: Connection, document_ids: list[int], acting: Acting) -> int:
    failed = 0
    async with known.open() as vault:
        acts = Acts.on(vault, dry_run=acting.dry_run)
        for document_id in document_ids:
            try:
                await acts.do(acts.vault.documents.delete(document_id))
            except VaultError as error:
                if len(document_ids) == 1:
                    raise
                failed += 1
                what, advice = told(error)
                fail(f"document {document_id}: {what}", advice)
    if acts.dry_run:
        return acts.tell()
    if not acting.quiet:
        say(f"{count(len(document_ids) - failed, 'document')} deleted", "dim", to=for_people())
    return SOME_FAILED if failed else DONE
