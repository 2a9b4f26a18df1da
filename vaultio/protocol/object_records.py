"""How a page of object records is read.

Source: the reference's text says ``resultDetails``, its example ``responseDetails``; both are
read. ``previous_page`` and ``next_page`` are there only where there are such pages.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from attrs import frozen

from vaultio.models import ObjectRecord
from vaultio.protocol.envelope import Envelope
from vaultio.protocol.readers import many


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
    total = said.get("total")
    known = total if isinstance(total, int) and not isinstance(total, bool) else None
    return RecordsPage(many("data", ObjectRecord)(envelope), known, bool(said.get("next_page")))


def field_list(fields: Iterable[str] | None) -> str | None:
    """Write the fields to ask for; ``id`` is always among them, or rows could not be told apart."""
    if fields is None:
        return None
    names = [fields] if isinstance(fields, str) else fields
    return ",".join(dict.fromkeys(("id", *names)))
