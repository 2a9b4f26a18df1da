"""The documents that are linked in a binder.

Reference: Binders › Add Document to Binder and the sections after it
"""

from __future__ import annotations

from vaultio.endpoints.room import Room
from vaultio.protocol.binders import DocumentBindingRule
from vaultio.protocol.path import Path
from vaultio.protocol.readers import id_text
from vaultio.protocol.request import delete, post, put
from vaultio.transport import Caller


class BinderDocuments(Room):
    """The places in a binder where documents are linked; each has a node id of its own.

    The documents themselves are never changed from here. A binding rule ``"specific"`` wants
    both version numbers; with another rule they do nothing.
    """

    def __init__(self, caller: Caller, binder: Path) -> None:
        super().__init__(caller)
        self._root = binder / "documents"

    async def add(
        self,
        document_id: int,
        *,
        parent_id: str | None = None,
        order: int | None = None,
        rule: DocumentBindingRule | None = None,
        major_version: int | None = None,
        minor_version: int | None = None,
    ) -> str:
        """Link a document, and return the node's id; a lost answer is not sent again.

        Without *parent_id*, a section's node id, it is on the top level. *order* counts from 1
        here; None is the end.

        ``POST /api/{version}/objects/binders/{binder_id}/documents``
        Reference: Binders › Add Document to Binder
        """
        # The reference requires the parent and lets it be blank: so blank is sent.
        place = {"document_id__v": document_id, "parent_id__v": parent_id or "", "order__v": order}
        fields = place | _binding(rule, major_version, minor_version)
        return await self._caller.send(post(self._root, fields), id_text)

    async def move(
        self, node_id: str, *, parent_id: str | None = None, order: int | None = None
    ) -> str:
        """Move a document within the binder, and return its node id.

        *parent_id* is a section's node id, or the binder's id for the top level; None stays in
        the section. An *order* beyond the last is the last.

        ``PUT /api/{version}/objects/binders/{binder_id}/documents/{node_id}``
        Reference: Binders › Move Document Within Binder
        """
        fields = {"parent_id__v": parent_id, "order__v": order}
        return await self._caller.send(put(self._root / node_id, fields), id_text)

    async def update_binding_rule(
        self,
        node_id: str,
        rule: DocumentBindingRule,
        *,
        major_version: int | None = None,
        minor_version: int | None = None,
    ) -> str:
        """Set which version of a document is linked, and return its node id.

        ``PUT /api/{version}/objects/binders/{binder_id}/documents/{node_id}/binding_rule``
        Reference: Binders › Update Document Binding Rules
        """
        path = self._root / node_id / "binding_rule"
        return await self._caller.send(
            put(path, _binding(rule, major_version, minor_version)), id_text
        )

    async def remove(self, node_id: str) -> str:
        """Unlink a document, and return the id of the node that was; the document stays.

        ``DELETE /api/{version}/objects/binders/{binder_id}/documents/{node_id}``
        Reference: Binders › Remove Document from Binder
        """
        return await self._caller.send(delete(self._root / node_id), id_text)


def _binding(
    rule: DocumentBindingRule | None, major: int | None, minor: int | None
) -> dict[str, object]:
    version = {"major_version_number__v": major, "minor_version_number__v": minor}
    return {"binding_rule__v": rule, **version}
