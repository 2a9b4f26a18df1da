"""Relationships: of documents, which list them, and of binders, which retrieve one."""

from __future__ import annotations

import re

from vaultio.sandbox.call import Call
from vaultio.sandbox.failures import invalid, missing
from vaultio.sandbox.routing import JSON, Routes
from vaultio.sandbox.stores.documents import Document, DocumentVersion
from vaultio.sandbox.stores.relationships import Relationship

routes = Routes()
_TYPE = re.compile(r"[a-z]\w*__(v|vs|c|sys)", re.ASCII)


class RelationshipRoutes:
    """The operations on one kind of owner: ``documents`` or ``binders``."""

    def __init__(self, kind: str) -> None:
        self._kind = kind
        root = f"/objects/{kind}/{{doc_id}}/versions/{{major}}/{{minor}}/relationships"
        one = f"{root}/{{relationship_id}}"
        routes.add("POST", root, self.create)
        routes.add("DELETE", one, self.delete)
        if kind == "documents":
            routes.add("GET", root, self.list_all)
        else:
            routes.add("GET", one, self.retrieve)

    def _find(self, call: Call) -> tuple[Document, DocumentVersion]:
        if self._kind == "binders":
            document = call.sandbox.binders.find(call.ids["doc_id"])
        else:
            document = call.sandbox.documents.find(call.ids["doc_id"])
        return document, document.version(call.ids["major"], call.ids["minor"])

    def _find_one(self, call: Call) -> Relationship:
        number = call.ids["relationship_id"]
        return call.sandbox.relationships.find(*self._find(call), number)

    async def list_all(self, call: Call) -> JSON:
        """List the relationships of which the version is the source."""
        found = call.sandbox.relationships.of(*self._find(call))
        there = call.sandbox.documents
        return {"relationships": [_describe(one) for one in found if one.target_id in there]}

    async def retrieve(self, call: Call) -> JSON:
        """Describe one relationship, in a list of one."""
        return {"relationships": [_describe(self._find_one(call))]}

    async def create(self, call: Call) -> JSON:
        """Create a relationship to a document, or to one version of it."""
        source, version = self._find(call)
        form = (await call.form()).values
        for name in ("target_doc_id__v", "relationship_type__v"):
            if not form.get(name):
                raise missing(name)
        if _TYPE.fullmatch(form["relationship_type__v"]) is None:
            raise invalid(f"Invalid relationship type [{form['relationship_type__v']}]")
        target = call.sandbox.documents.find(form["target_doc_id__v"])
        number = call.sandbox.relationships.add(
            (source.id, version.major, version.minor),
            form["relationship_type__v"],
            target.id,
            target_version=_target_version(target, form),
            created_by=call.user.id,
        )
        message = "Document relationship successfully created."
        return {"responseStatus": "SUCCESS", "responseMessage": message, "id": number}

    async def delete(self, call: Call) -> JSON:
        """Delete a relationship."""
        relationship = self._find_one(call)
        call.sandbox.relationships.delete(relationship)
        message = "Document relationship successfully deleted."
        return {"responseStatus": "SUCCESS", "responseMessage": message, "id": relationship.id}


def _target_version(target: Document, form: dict[str, str]) -> tuple[int, int] | None:
    major, minor = form.get("target_major_version__v"), form.get("target_minor_version__v")
    if not major and not minor:
        return None
    if not major:
        raise missing("target_major_version__v")
    if not minor:
        raise missing("target_minor_version__v")
    version = target.version(major, minor)
    return version.major, version.minor


def _describe(relationship: Relationship) -> JSON:
    values: JSON = {
        "id": relationship.id,
        "source_doc_id__v": relationship.source[0],
        "relationship_type__v": relationship.type,
        "created_by__v": relationship.created_by,
        "created_date__v": relationship.created,
        "target_doc_id__v": relationship.target_id,
    }
    if relationship.target_version is not None:
        major, minor = relationship.target_version
        values |= {"target_major_version__v": major, "target_minor_version__v": minor}
    return {"relationship": values}


RelationshipRoutes("documents")
RelationshipRoutes("binders")
