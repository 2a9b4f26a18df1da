"""Renditions: one call each; of each type there is one, so that a repeat does no harm."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from vaultio.errors import InvalidDataError, NotAllowedError, NotFoundError, VaultioError
from vaultio.migration.creating.hashed import HashedFile
from vaultio.migration.creating.making import ROUNDS, Making
from vaultio.migration.creating.places import missing
from vaultio.migration.entries import Entry, Result
from vaultio.migration.trouble import is_lost

STAGE = "renditions"
VIEWABLE = "viewable_rendition__v"

_Send = Callable[..., Awaitable[None]]


async def rendition(making: Making, entry: Entry) -> Result:
    """Bring a rendition to its version: one call, two where Vault had it otherwise.

    Vault makes the viewable rendition itself, so that one is replaced; others are added.
    """
    where = await making.books.places([entry.source_id])
    place = where.version(entry.source_id, entry.source_version)
    if place is None:
        return missing(entry, f"document {entry.source_id} ({entry.source_version})")
    version = making.target.vault.documents.version(place.id, place.major, place.minor)
    sends: list[_Send] = [version.renditions.upload, version.renditions.replace]
    if entry.detail == VIEWABLE or entry.tries > 1:
        sends.reverse()
    async with making.files(entry) as path:
        file = HashedFile(path)

        async def send(how: _Send) -> None:
            await how(entry.detail, file=file.source, progress=making.told(entry))

        await _sent(send, sends)
        file.check(entry.expected_md5)
    return Result(
        number=entry.number,
        state="done",
        size=file.size,
        md5=file.md5,
        verified="none",
        target_id=str(place.id),
        target_version=f"{place.major}.{place.minor}",
    )


async def _sent(send: Callable[[_Send], Awaitable[None]], sends: list[_Send]) -> None:
    """Add or replace, whichever Vault takes; what may have got through is replaced."""
    first, second = sends
    for turn in range(ROUNDS):
        try:
            await send(first)
            return
        except (InvalidDataError, NotAllowedError, NotFoundError) as error:
            refused = error
        except VaultioError as error:
            if not is_lost(error) or turn == ROUNDS - 1:
                raise
            continue
        try:
            await send(second)
            return
        except NotFoundError:
            raise refused from None
        except VaultioError as error:
            if not is_lost(error) or turn == ROUNDS - 1:
                raise
