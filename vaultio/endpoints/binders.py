"""Binders: their fields, versions and what they hold.

Reference: Binders
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from vaultio.endpoints.parts import BinderDocuments, BinderVersion, Sections
from vaultio.endpoints.room import Room
from vaultio.models import Binder, DocumentVersion, VersionNumber
from vaultio.protocol.binders import BindingRule, binder, draft
from vaultio.protocol.documents import versions
from vaultio.protocol.path import Path
from vaultio.protocol.readers import id_number
from vaultio.protocol.request import delete, post, put
from vaultio.transport import Caller


class Binders(Room):
    """The binders of the vault; as documents they are in `vault.documents` too."""

    def __init__(self, caller: Caller) -> None:
        super().__init__(caller)
        self._root = Path() / "objects" / "binders"

    async def create(
        self,
        fields: Mapping[str, object],
        *,
        from_template: str | None = None,
        index_async: bool | None = None,
    ) -> int:
        """Create a binder with *fields* by Vault's names, and return its id.

        *from_template* is the name of a binder template of the same document type. With
        *index_async* the binder is found by searches a little later. A lost answer is not sent
        again.

        ``POST /api/{version}/objects/binders``
        Reference: Binders › Create Binder
        """
        query = {"fromTemplate": from_template, "async": index_async}
        return await self._caller.send(post(self._root, fields, query=query), id_number)

    async def retrieve(self, binder_id: int, *, depth: Literal["1", "all"] | None = None) -> Binder:
        """Retrieve a binder's fields and the top level of its content; ``"all"``: every level.

        A binder inside is listed without what is in it. The id of a document that is no binder
        is a `NotFoundError`.

        ``GET /api/{version}/objects/binders/{binder_id}``
        Reference: Binders › Retrieve Binder
        """
        return await self._caller.get(self._root / binder_id, binder, depth=depth)

    async def retrieve_versions(self, binder_id: int) -> tuple[DocumentVersion, ...]:
        """Retrieve which versions a binder has, oldest first.

        ``GET /api/{version}/objects/binders/{binder_id}/versions``
        Reference: Binders › Retrieve Binder Versions
        """
        return await self._caller.get(self._root / binder_id / "versions", versions)

    async def update(
        self, binder_id: int, fields: Mapping[str, object], *, reclassify: bool | None = None
    ) -> int:
        """Set *fields*, by Vault's names, of the latest version; return the binder's id.

        With *reclassify* they may be type, subtype, classification and lifecycle too.

        ``PUT /api/{version}/objects/binders/{binder_id}``
        Reference: Binders › Update Binder Properties
        """
        values = {**fields, "reclassify": reclassify}
        return await self._caller.send(put(self._root / binder_id, values), id_number)

    async def create_draft(self, binder_id: int) -> VersionNumber:
        """Create a new draft version, and return its number; a lost answer is not sent again.

        ``POST /api/{version}/objects/binders/{binder_id}``
        Reference: Binders › Create Draft
        """
        return await self._caller.send(post(self._root / binder_id), draft)

    async def delete(self, binder_id: int) -> int:
        """Delete a binder with all its versions, and return its id; its documents stay.

        ``DELETE /api/{version}/objects/binders/{binder_id}``
        Reference: Binders › Delete Binder
        """
        return await self._caller.send(delete(self._root / binder_id), id_number)

    async def update_binding_rule(
        self, binder_id: int, rule: BindingRule, *, override: bool = False
    ) -> int:
        """Set which versions of its documents a binder links to, and return its id.

        With *override* also where a section or document has a rule already.

        ``PUT /api/{version}/objects/binders/{binder_id}/binding_rule``
        Reference: Binders › Update Binder Binding Rule
        """
        path = self._root / binder_id / "binding_rule"
        fields = {"binding_rule__v": rule, "binding_rule_override__v": override}
        return await self._caller.send(put(path, fields), id_number)

    def version(self, binder_id: int, major: int, minor: int) -> BinderVersion:
        """Enter one version of a binder."""
        return BinderVersion(self._caller, self._root / binder_id, major, minor)

    def sections(self, binder_id: int) -> Sections:
        """Enter the sections of a binder's latest version."""
        return Sections(self._caller, self._root / binder_id)

    def documents(self, binder_id: int) -> BinderDocuments:
        """Enter the documents that are linked in a binder."""
        return BinderDocuments(self._caller, self._root / binder_id)
