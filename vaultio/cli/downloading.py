"""``vaultio download``."""

from __future__ import annotations

import os
from collections.abc import Awaitable, Callable, Coroutine
from functools import partial
from pathlib import Path
from typing import Annotated, Any

import typer
from attrs import frozen

from vaultio import SavedFile, Vault, VersionNumber
from vaultio.cli.connection import Access, Connection, Debug, Quiet
from vaultio.cli.console import for_data, for_people, say
from vaultio.cli.exits import DONE
from vaultio.cli.options import grouped
from vaultio.cli.running import execute
from vaultio.cli.text import size
from vaultio.cli.transfer import transfer
from vaultio.downloads import OnExists

DocumentId = Annotated[
    int, typer.Argument(metavar="ID", min=1, help="The document's id.", show_default=False)
]
To = Annotated[
    str,
    typer.Option(
        "--to",
        metavar="PATH",
        help="A folder (there already, or with a slash at its end), or the file's name.",
    ),
]
Version = Annotated[
    str | None,
    typer.Option("--version", metavar="1.0", help="The version; the latest if not given."),
]
RenditionType = Annotated[
    str | None,
    typer.Option(
        "--rendition",
        metavar="TYPE",
        help="A rendition such as viewable_rendition__v instead of the source file.",
    ),
]
IfExists = Annotated[
    OnExists,
    typer.Option(
        "--on-exists",
        help="If there is a file of that name: stop, leave it, replace it, or number the new one.",
    ),
]


@frozen(kw_only=True)
class Order:
    """Which file, and where it goes."""

    document_id: int
    version: VersionNumber | None
    rendition_type: str | None
    to: str
    on_exists: OnExists
    quiet: bool


@grouped
def download_command(
    document_id: DocumentId,
    access: Access,
    to: To = ".",
    version: Version = None,
    rendition: RenditionType = None,
    on_exists: IfExists = "error",
    quiet: Quiet = False,
    debug: Debug = False,
) -> None:
    """Download one document's file, check it, and print where it is.

    The size and MD5 that Vault knows are asked for first, which takes one more call; Vault knows
    none of renditions.

    Example: `vaultio download 7 --to files/ --rendition viewable_rendition__v`
    """

    def prepare() -> Coroutine[Any, Any, int]:
        order = Order(
            document_id=document_id,
            version=VersionNumber.parse(version) if version is not None else None,
            rendition_type=rendition,
            to=to,
            on_exists=on_exists,
            quiet=quiet,
        )
        return _download(access.connection(), order)

    execute(prepare, debug=debug)


async def _download(connection: Connection, order: Order) -> int:
    people, what = for_people(), f"Document {order.document_id}"
    async with connection.open() as vault:
        with transfer(people, what, quiet=order.quiet) as progress:
            saved = await _endpoint(vault, order)(
                to=order.to, on_exists=order.on_exists, progress=progress, verify=True
            )
    if not order.quiet:
        say(_result(saved), to=people)
    for_data().print(os.fspath(saved.path), soft_wrap=True)
    return DONE


def _endpoint(vault: Vault, order: Order) -> Callable[..., Awaitable[SavedFile]]:
    number = order.version
    if number is None:
        if order.rendition_type is None:
            return partial(vault.documents.download, order.document_id)
        return partial(vault.documents.renditions(order.document_id).download, order.rendition_type)
    version = vault.documents.version(order.document_id, number.major, number.minor)
    if order.rendition_type is None:
        return version.download
    return partial(version.renditions.download, order.rendition_type)


def _result(saved: SavedFile) -> str:
    name = Path(saved.path).name
    if saved.skipped:
        return f"{name} was there already and was left as it is"
    checked = {"md5": "verified by MD5", "length": "verified by length", "none": "complete"}
    return f"{name}: {size(saved.size)}, {checked[saved.verified]}"
