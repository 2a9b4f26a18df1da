"""What is written in bulk, to object records and to attachments, for `tests.operations`."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path

from vaultio import AddedAttachment, ObjectRecord, Page, RowResult, Vault
from vaultio.endpoints.parts import Attachments

Operation = Callable[[Vault, Path], Awaitable[object]]

PRODUCT = ("product__v", "1357663087386")
CREATED = {"name__v": "CholeCap", "type__v": "Protocol", "lifecycle__v": "General Lifecycle"}
NUMBERS = {"major_version_number__v": 0, "minor_version_number__v": 1}
RENDITION = {"rendition_type__v": "imported_rendition__c", "file": "/renditions/773.pdf"}
VIEWABLE = {"rendition_type__v": "viewable_rendition__v"}
LATEST = {"id": 208, "major_version_number__v": 2, "minor_version_number__v": 1}
REVIEWER = {"id": 773, "reviewer__v.users": "25496"}


async def results_of(results: AsyncIterator[RowResult]) -> tuple[RowResult, ...]:
    """Send the rows, and collect what became of each."""
    return tuple([one async for one in results])


async def first_records(vault: Vault) -> Page[ObjectRecord]:
    """Retrieve the first page of a collection."""
    fields = ("id", "name__v")
    return await vault.object_records.retrieve_all(
        PRODUCT[0], fields=fields, sort="name__v asc", limit=200
    )


def of_document(vault: Vault) -> Attachments:
    """Enter the attachments of the document of the examples."""
    return vault.documents.attachments(565)


def of_record(vault: Vault) -> Attachments:
    """Enter the attachments of the object record of the examples."""
    return vault.object_records.attachments("site__v", "1357752909483")


BULK: dict[str, Operation] = {
    "create_documents_in_bulk": lambda vault, _: results_of(vault.documents.create_many([CREATED])),
    "update_documents_in_bulk": lambda vault, _: results_of(
        vault.documents.update_many([{"id": 773, "title__v": "New"}])
    ),
    "delete_documents_in_bulk": lambda vault, _: results_of(
        vault.documents.delete_many([{"id": 773}])
    ),
    "add_document_versions_in_bulk": lambda vault, _: results_of(
        vault.documents.add_many_versions([{**LATEST, "minor_version_number__v": 2}])
    ),
    "delete_document_versions_in_bulk": lambda vault, _: results_of(
        vault.documents.delete_many_versions([LATEST], as_json=True)
    ),
    "add_document_renditions_in_bulk": lambda vault, _: results_of(
        vault.documents.add_many_renditions([{"id": 773, **NUMBERS, **RENDITION}])
    ),
    "delete_document_renditions_in_bulk": lambda vault, _: results_of(
        vault.documents.delete_many_renditions([{**LATEST, **VIEWABLE}])
    ),
    "assign_document_roles_in_bulk": lambda vault, _: results_of(
        vault.documents.assign_many_roles([REVIEWER])
    ),
    "remove_document_roles_in_bulk": lambda vault, _: results_of(
        vault.documents.remove_many_roles([REVIEWER])
    ),
    "create_object_records_in_bulk": lambda vault, _: results_of(
        vault.object_records.create_many(PRODUCT[0], [{"name__v": "Restolar"}])
    ),
    "update_object_records_in_bulk": lambda vault, _: results_of(
        vault.object_records.update_many(
            PRODUCT[0], [{"id": PRODUCT[1], "name__v": "New"}], as_json=True
        )
    ),
}

RECORDS: dict[str, Operation] = {
    **BULK,
    "retrieve_object_record_collection": lambda vault, _: first_records(vault),
    "retrieve_object_record": lambda vault, _: vault.object_records.retrieve(*PRODUCT),
    "delete_object_record": lambda vault, _: vault.object_records.delete("product__v", "0PR0202"),
    "delete_document_attachment": lambda vault, _: of_document(vault).delete(567),
    "delete_document_attachment_version": lambda vault, _: of_document(vault).delete_version(
        567, 3
    ),
    "add_document_attachment": lambda vault, _: of_document(vault).add(b"new", filename="New.txt"),
    "restore_document_attachment_version": lambda vault, _: of_document(vault).restore_version(
        567, 2
    ),
    "update_document_attachment_description": lambda vault, _: of_document(
        vault
    ).update_description(567, "Facilities information and contacts"),
    "delete_object_record_attachment": lambda vault, _: of_record(vault).delete(571),
    "delete_object_record_attachment_version": lambda vault, _: of_record(vault).delete_version(
        571, 1
    ),
    "add_object_record_attachment": lambda vault, _: of_record(vault).add(
        b"new", filename="New.txt"
    ),
    "restore_object_record_attachment_version": lambda vault, _: of_record(vault).restore_version(
        571, 2
    ),
    "update_object_record_attachment_description": lambda vault, _: of_record(
        vault
    ).update_description(558, "Facilities information and contacts"),
}

RESULTS: dict[str, type | tuple[type]] = {
    **dict.fromkeys(BULK, (RowResult,)),
    "retrieve_object_record_collection": Page,
    "retrieve_object_record": ObjectRecord,
    "delete_object_record": type(None),
    **{
        operation: AddedAttachment if operation.startswith(("add", "restore")) else type(None)
        for operation in RECORDS
        if "attachment" in operation
    },
}

LATER = {
    operation: {"v11.0": "v13.0"} for operation in BULK if operation.startswith("delete_document")
}

ENDPOINTS = {
    "DocumentBatches.create_many": "create_documents_in_bulk",
    "DocumentBatches.update_many": "update_documents_in_bulk",
    "DocumentBatches.delete_many": "delete_documents_in_bulk",
    "DocumentBatches.add_many_versions": "add_document_versions_in_bulk",
    "DocumentBatches.delete_many_versions": "delete_document_versions_in_bulk",
    "DocumentBatches.add_many_renditions": "add_document_renditions_in_bulk",
    "DocumentBatches.delete_many_renditions": "delete_document_renditions_in_bulk",
    "DocumentBatches.assign_many_roles": "assign_document_roles_in_bulk",
    "DocumentBatches.remove_many_roles": "remove_document_roles_in_bulk",
    "ObjectRecords.create_many": "create_object_records_in_bulk",
    "ObjectRecords.update_many": "update_object_records_in_bulk",
    "ObjectRecords.retrieve_all": "retrieve_object_record_collection",
}
"""Endpoints that stand behind a helper above."""

OTHERS: dict[str, Operation] = {
    **{endpoint: RECORDS[operation] for endpoint, operation in ENDPOINTS.items()},
    "ObjectRecords.delete_many": lambda vault, _: results_of(
        vault.object_records.delete_many(PRODUCT[0], [{"id": PRODUCT[1]}])
    ),
}
