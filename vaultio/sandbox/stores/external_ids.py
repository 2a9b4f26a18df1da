"""Which document has which external id: no two documents have the same."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from vaultio.sandbox.failures import invalid

if TYPE_CHECKING:
    from vaultio.sandbox.stores.documents import Document

FIELD = "external_id__v"


class ExternalIds:
    """The external ids of *documents*, looked up without going through all of them.

    What is noted is a hint: a document that is gone, or has another id by now, is passed over.
    """

    def __init__(self, documents: dict[int, Document]) -> None:
        self._documents = documents
        self._owners: dict[str, int] = {}

    def owner(self, value: object) -> Document | None:
        """Return the document that has this external id in any version, if there is one."""
        document = self._documents.get(self._owners.get(str(value), -1))
        if document is None:
            return None
        versions = document.versions
        has_it = any(one.fields.get(FIELD) == value for one in versions)
        return document if has_it else None

    def take(self, fields: dict[str, Any], document_id: int) -> None:
        """Note the external id among *fields*, if there is one, or refuse: another has it."""
        value = fields.get(FIELD)
        if value in (None, ""):
            return
        owner = self.owner(value)
        if owner is not None and owner.id != document_id:
            raise invalid(f"Value [{value}] of field [{FIELD}] is not unique.")
        self._owners[str(value)] = document_id
