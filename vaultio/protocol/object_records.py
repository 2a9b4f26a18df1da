"""How a page of object records is read.

Source: the reference's text says ``resultDetails``, its example ``responseDetails``; both are
read. ``previous_page`` and ``next_page`` are there only where there are such pages.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from attrs import frozen

from vaultio.models import ObjectRecord
from vaultio.protocol.envelope import Envelope, failure
from vaultio.protocol.forms import json_body
from vaultio.protocol.moved import RECORDS_IN_ROWS
from vaultio.protocol.path import Path
from vaultio.protocol.readers import many, nothing, rows, whole_number
from vaultio.protocol.request import Request, delete
from vaultio.protocol.version import ApiVersion


@frozen
class RecordsPage:
    """Some records, how many there are in all (None: unsaid), and whether more are announced."""

    items: tuple[ObjectRecord, ...]
    total: int | None
    has_next: bool

    def ends_at(self, reached: int, size: int) -> bool:
        """Say whether no more follow when *reached* were read, at most *size* in this page.

        Vault caps pages, so a short one proves nothing while it speaks of more; an empty one does.
        """
        if not self.items:
            return True
        if self.total is None:
            return not self.has_next and len(self.items) < size
        return not self.has_next and reached >= self.total


def records_page(envelope: Envelope) -> RecordsPage:
    """Read one page of a collection."""
    payload = envelope.payload
    details = payload.get("responseDetails") or payload.get("resultDetails")
    said = details if isinstance(details, Mapping) else {}
    total, has_next = whole_number(said.get("total")), bool(said.get("next_page"))
    return RecordsPage(many("data", ObjectRecord)(envelope), total, has_next)


def deletion(version: ApiVersion, records: Path, record_id: str) -> Request:
    """Make the request that deletes one record."""
    path = records / record_id
    if version < RECORDS_IN_ROWS:
        return delete(path)
    return delete(records, json_body([{"id": record_id}]))


def deleted(envelope: Envelope) -> None:
    """Read that a record is gone; a row that failed under SUCCESS is a failure."""
    nothing(envelope)
    for row in rows("data")(envelope) if "data" in envelope.payload else ():
        failed = failure(Envelope(row.get("responseStatus"), row), request="DELETE of a record")
        if failed is not None:
            raise failed


def field_list(fields: Iterable[str] | None) -> str | None:
    """Write the fields to ask for; ``id`` is always among them, or rows could not be told apart."""
    if fields is None:
        return None
    names = [fields] if isinstance(fields, str) else fields
    return ",".join(dict.fromkeys(("id", *names)))
