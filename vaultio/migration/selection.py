"""Which documents to export, and how they are found."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Iterable

from attrs import define, field, frozen

from vaultio.client import Vault
from vaultio.errors import InvalidArgumentError, UnreadableReplyError
from vaultio.models import Document
from vaultio.protocol.convert import structure
from vaultio.protocol.readers import Row


def _ids(ids: Iterable[int]) -> tuple[int, ...]:
    """Keep each id once, in order, and refuse what is none."""
    found = tuple(dict.fromkeys(ids))
    for one in found:
        if not isinstance(one, int) or isinstance(one, bool) or one < 1:
            raise InvalidArgumentError(f"a document id is a whole number from 1 on, not {one!r}")
    if not found:
        raise InvalidArgumentError("no document ids were given")
    return found


@frozen
class AllDocuments:
    """Every document that the user may see, at its latest version.

    Costs a call for each 200 documents.
    """


@frozen
class ById:
    """The documents with these ids, at their latest versions; an id twice counts once.

    Costs a call a document.
    """

    ids: tuple[int, ...] = field(converter=_ids)


@frozen
class ByQuery:
    """The documents that a VQL query finds: its rows must hold ``id``.

    Costs a call a page of the query, and one more a document unless the rows hold
    ``major_version_number__v``, ``minor_version_number__v``, ``filename__v`` and ``size__v`` or
    ``md5checksum__v`` too: then the version of the row is exported as it is.
    """

    vql: str


Selection = AllDocuments | ById | ByQuery
"""Any way to say which documents."""


@define
class Meter:
    """Counts the calls that an export makes; logins and retries are not among them."""

    calls: int = 0


@frozen
class Candidate:
    """A document that was found; `document` is None where only its id is known yet."""

    document_id: int
    document: Document | None = None


async def candidates(
    vault: Vault, selection: Selection, meter: Meter
) -> AsyncGenerator[Candidate, None]:
    """Find the documents, a page at a time, in the order of Vault's answer (or of the ids)."""
    if isinstance(selection, ById):
        for document_id in selection.ids:
            yield Candidate(document_id)
    elif isinstance(selection, ByQuery):
        async for rows in vault.query(selection.vql).pages():
            meter.calls += 1
            for row in rows.items:
                yield _of_row(row)
    else:
        async for page in vault.documents.retrieve_all().pages():
            meter.calls += 1
            for document in page.items:
                yield Candidate(document.id, document)


def _of_row(row: Row) -> Candidate:
    """Read a row of a query; the document itself if the row says enough of it."""
    if row.get("id") is None:
        raise UnreadableReplyError(
            f"a row of the query holds {', '.join(row) or 'nothing'}, but no id: "
            f"begin it with SELECT id"
        )
    document = structure(dict(row), Document, where="row")
    known = document.version and document.filename and document.checksum
    return Candidate(document.id, document if known or document.is_binder else None)
