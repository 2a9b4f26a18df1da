"""The sections of a binder, and those of one of its versions.

Reference: Binders › Create Section and the sections after it
"""

from __future__ import annotations

from vaultio.endpoints.room import Room
from vaultio.models import BinderNode
from vaultio.protocol.binders import BindingRule, nodes, section
from vaultio.protocol.moved import section as section_path
from vaultio.protocol.path import Path
from vaultio.protocol.readers import id_text
from vaultio.protocol.request import delete, post, put
from vaultio.transport import Caller


class Sections(Room):
    """The sections of a binder at its latest version; section ids are unique at any depth."""

    def __init__(self, caller: Caller, binder: Path) -> None:
        super().__init__(caller)
        self._root = binder / "sections"

    async def retrieve_all(self) -> tuple[BinderNode, ...]:
        """Retrieve what is on the top level, in order: sections, documents and binders.

        ``GET /api/{version}/objects/binders/{binder_id}/sections``
        Reference: Binders › Retrieve Section(s)
        """
        return await self._caller.get(self._root, nodes)

    async def retrieve(self, section_id: str) -> BinderNode:
        """Retrieve one section, with what is directly in it in `nodes`.

        v11.0 lists the contents alone, so that the section's own name may be None.

        ``GET /api/{version}/objects/binders/{binder_id}/sections/{section_node_id}``
        Reference: Binders › Retrieve Section(s)
        """
        return await self._caller.get(self._root / section_id, section(section_id))

    async def create(
        self,
        name: str,
        *,
        section_number: str | None = None,
        parent_id: str | None = None,
        order: int | None = None,
    ) -> str:
        """Create a section, and return its node id; a lost answer is not sent again.

        Without *parent_id*, another section's node id, it is on the top level. *order* counts
        from 0 here; None is the end.

        ``POST /api/{version}/objects/binders/{binder_id}/sections``
        Reference: Binders › Create Section
        """
        place = {"parent_id__v": parent_id, "order__v": order}
        fields = {"name__v": name, "section_number__v": section_number, **place}
        return await self._caller.send(post(self._root, fields), id_text)

    async def update_binding_rule(
        self, section_id: str, rule: BindingRule, *, override: bool = False
    ) -> str:
        """Set which versions a section and its subsections link to, and return its node id.

        With *override* also where a rule is set already.

        ``PUT /api/{version}/objects/binders/{binder_id}/sections/{section_node_id}/binding_rule``
        Reference: Binders › Update Section Binding Rule
        """
        path = self._root / section_id / "binding_rule"
        fields = {"binding_rule__v": rule, "binding_rule_override__v": override}
        return await self._caller.send(put(path, fields), id_text)

    async def delete(self, section_id: str) -> str:
        """Delete a section with its subsections, and return its node id; documents stay in Vault.

        ``DELETE /api/{version}/objects/binders/{binder_id}/sections/{section_node_id}``
        Reference: Binders › Delete Section
        """
        return await self._caller.send(delete(self._root / section_id), id_text)


class VersionSections(Room):
    """The sections of a binder at one version."""

    def __init__(self, caller: Caller, binder: Path, major: int, minor: int) -> None:
        super().__init__(caller)
        self._place = (binder, major, minor)
        self._root = binder.under("versions", major, minor, "sections")

    async def retrieve_all(self) -> tuple[BinderNode, ...]:
        """Retrieve what is on the top level of this version; see `Sections.retrieve_all`.

        ``GET {owner}/sections``
        Reference: Binders › Retrieve Binder Version Section
        """
        return await self._caller.get(self._root, nodes)

    async def retrieve(self, section_id: str) -> BinderNode:
        """Retrieve one section of this version; see `Sections.retrieve`.

        ``GET {owner}/sections/{section_node_id}``
        Reference: Binders › Retrieve Binder Version Section
        """
        return await self._caller.get(self._root / section_id, section(section_id))

    async def update(
        self,
        section_id: str,
        *,
        name: str | None = None,
        section_number: str | None = None,
        parent_id: str | None = None,
        order: int | None = None,
    ) -> str:
        """Rename, renumber or move a section, and return its node id.

        *parent_id* is another section's node id, or the binder's id for the top level. An
        *order* beyond the last is the last; with a new parent alone it goes to the end there.
        From v17.1 on the path names no version, and Vault changes the latest.

        ``PUT {owner}/sections/{section_node_id}``
        Reference: Binders › Update Section
        """
        path = section_path(self._caller.version, *self._place, section_id)
        place = {"parent_id__v": parent_id, "order__v": order}
        fields = {"name__v": name, "section_number__v": section_number, **place}
        return await self._caller.send(put(path, fields), id_text)
