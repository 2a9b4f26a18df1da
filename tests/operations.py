"""Every operation of the reference that has a coroutine, as one call on a `Vault`.

The keys are those of ``catalogue.json``, the ids those of the reference's own examples. Each call
sends one request besides the login; files go to the scratch folder.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from pathlib import Path

from tests.operations_accounts import ACCOUNTS
from tests.operations_binders import BINDERS
from tests.operations_documents import DOCUMENTS
from tests.operations_metadata import METADATA
from tests.operations_records import RECORDS
from vaultio import Document, Page, Vault

SITE = ("site__v", "1357752909483")
COPY = "draft_to_effective_lifecycle__c.effective__c.downloadControlledCopya95fbf38"
APPROVAL = {"dueDate": "2015-12-25", "Approver": ["user:12021", "user:12022", "group:10030003"]}


async def _first_page(vault: Vault) -> Page[Document]:
    return await vault.documents.retrieve_all(start=0, limit=200, sort="name__v desc")


OPERATIONS: dict[str, Callable[[Vault, Path], Awaitable[object]]] = {
    # API Metadata
    "retrieve_api_versions": lambda vault, _: vault.api_metadata.retrieve_versions(),
    # Documents
    "retrieve_documents": lambda vault, _: _first_page(vault),
    "retrieve_document": lambda vault, _: vault.documents.retrieve(773),
    "retrieve_document_versions": lambda vault, _: vault.documents.retrieve_versions(208),
    "retrieve_document_version": lambda vault, _: vault.documents.version(208, 2, 1).retrieve(),
    "retrieve_document_file": lambda vault, scratch: vault.documents.download(
        773, to=scratch, lock=True, on_exists="unique"
    ),
    "retrieve_document_version_file": lambda vault, scratch: vault.documents.version(
        208, 2, 1
    ).download(to=scratch, on_exists="unique"),
    "retrieve_document_version_thumbnail": lambda vault, scratch: vault.documents.version(
        208, 2, 1
    ).download_thumbnail(to=scratch, on_exists="unique"),
    "list_document_renditions": lambda vault, _: vault.documents.renditions(208).retrieve_all(),
    "list_document_version_renditions": lambda vault, _: vault.documents.version(
        208, 2, 1
    ).renditions.retrieve_all(),
    "retrieve_document_rendition": lambda vault, scratch: vault.documents.renditions(208).download(
        "viewable_rendition__v", to=scratch, steady_state=True, on_exists="unique"
    ),
    "retrieve_document_version_rendition": lambda vault, scratch: vault.documents.version(
        208, 2, 1
    ).renditions.download("viewable_rendition__v", to=scratch, on_exists="unique"),
    "retrieve_document_annotations": lambda vault, scratch: vault.documents.annotations(
        208
    ).download(to=scratch, on_exists="unique"),
    "retrieve_document_version_annotations": lambda vault, scratch: vault.documents.version(
        208, 2, 1
    ).annotations.download(to=scratch, on_exists="unique"),
    "list_document_relationships": lambda vault, _: vault.documents.version(
        24, 0, 1
    ).relationships.retrieve_all(),
    "create_document_relationship": lambda vault, _: vault.documents.version(
        548, 0, 1
    ).relationships.create(
        "supporting_documents__vs", 548, target_major_version=0, target_minor_version=1
    ),
    "delete_document_relationship": lambda vault, _: vault.documents.version(
        24, 0, 1
    ).relationships.delete(35),
    # Create Document, and what is written to documents
    **DOCUMENTS,
    # Attachments on Documents
    "determine_if_document_has_attachments": lambda vault, _: (
        vault.documents.retrieve_attachment_links(565)
    ),
    "list_document_attachments": lambda vault, _: vault.documents.attachments(565).retrieve_all(),
    "retrieve_document_attachment_metadata": lambda vault, _: vault.documents.attachments(
        565
    ).retrieve(566),
    "list_document_attachment_versions": lambda vault, _: vault.documents.attachments(
        565
    ).retrieve_versions(566),
    "retrieve_document_attachment_version_metadata": lambda vault, _: vault.documents.attachments(
        565
    ).retrieve_version(566, 2),
    "download_document_attachment": lambda vault, scratch: vault.documents.attachments(
        565
    ).download(567, to=scratch, on_exists="unique"),
    "download_document_attachment_version": lambda vault, scratch: vault.documents.attachments(
        565
    ).download_version(567, 1, to=scratch, on_exists="unique"),
    "download_all_document_attachments": lambda vault, scratch: vault.documents.attachments(
        565
    ).download_all(to=scratch, on_exists="unique"),
    # Attachments on Object Records
    "determine_if_object_attachments_are_enabled": lambda vault, _: vault.objects.retrieve(
        "site__v"
    ),
    "list_object_record_attachments": lambda vault, _: vault.object_records.attachments(
        *SITE
    ).retrieve_all(),
    "retrieve_object_record_attachment_metadata": lambda vault, _: vault.object_records.attachments(
        *SITE
    ).retrieve(558),
    "list_object_record_attachment_versions": lambda vault, _: vault.object_records.attachments(
        *SITE
    ).retrieve_versions(571),
    "retrieve_object_record_attachment_version_metadata": lambda vault, _: (
        vault.object_records.attachments(*SITE).retrieve_version(571, 1)
    ),
    "download_object_record_attachment": lambda vault, scratch: vault.object_records.attachments(
        *SITE
    ).download(571, to=scratch, on_exists="unique"),
    "download_object_record_attachment_version": lambda vault, scratch: (
        vault.object_records.attachments(*SITE).download_version(
            571, 1, to=scratch, on_exists="unique"
        )
    ),
    "download_all_object_record_attachments": lambda vault, scratch: (
        vault.object_records.attachments(*SITE).download_all(to=scratch, on_exists="unique")
    ),
    # Bulk, Object Records, and what is written to attachments
    **RECORDS,
    # Lifecycles
    "retrieve_document_lifecycle_actions": lambda vault, _: vault.documents.version(
        222, 0, 1
    ).lifecycle_actions.retrieve_all(),
    "retrieve_document_lifecycle_action_entry_requirements": lambda vault, _: (
        vault.documents.version(222, 0, 1).lifecycle_actions.retrieve_entry_requirements(
            "startApproval"
        )
    ),
    "initiate_document_lifecycle_action": lambda vault, _: vault.documents.version(
        222, 0, 1
    ).lifecycle_actions.initiate("startApproval", APPROVAL),
    "retrieve_binder_lifecycle_actions": lambda vault, _: vault.binders.version(
        32, 0, 1
    ).lifecycle_actions.retrieve_all(),
    "retrieve_binder_lifecycle_action_entry_requirements": lambda vault, _: vault.binders.version(
        32, 0, 1
    ).lifecycle_actions.retrieve_entry_requirements("startApproval"),
    "initiate_binder_lifecycle_action": lambda vault, _: vault.binders.version(
        32, 0, 1
    ).lifecycle_actions.initiate("startApproval", APPROVAL),
    # Binders
    **BINDERS,
    # Roles, Users, Groups
    **ACCOUNTS,
    # API, document, object and workflow metadata, document events, picklists, policies
    **METADATA,
    # Object Metadata
    "retrieve_object": lambda vault, _: vault.objects.retrieve("study__v"),
    # Document & Binder User Actions
    "download_controlled_copy_job_results": lambda vault, scratch: (
        vault.controlled_copies.download_results(COPY, 39303, to=scratch, on_exists="unique")
    ),
}
