"""Every operation of the reference, as one call on a `Vault`.

The keys are those of ``catalogue.json``, in its order; the ids are those of the reference's own
examples. Each call sends one request besides the login; files go to the scratch folder.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import date
from pathlib import Path

from vaultio import (
    Document,
    DocumentEvent,
    ObjectRecord,
    Page,
    RowResult,
    User,
    Vault,
    VersionNumber,
)

SITE = ("site__v", "1357752909483")
COPY = "draft_to_effective_lifecycle__c.effective__c.downloadControlledCopya95fbf38"
APPROVAL = {"dueDate": "2015-12-25", "Approver": ["user:12021", "user:12022", "group:10030003"]}
# Marked, so that the guard over all tests would see them come out.
PASSWORD = "s3cr3t-PLANTED-password!"
NEW_PASSWORD = "s3cr3t-PLANTED-new-password"
ELAINE = {
    "user_name__v": "ewoodhouse@veevapharm.com",
    "user_email__v": "ewoodhouse@veevapharm.com",
    "user_first_name__v": "Elaine",
    "user_last_name__v": "Woodhouse",
    "user_language__v": "en",
    "user_timezone__v": "America/Denver",
    "user_locale__v": "en_US",
    "security_policy_id__v": 821,
    "security_profile__v": "business_admin__v",
    "license_type__v": "full__v",
}
PROFILE = {
    "user_timezone__v": "America/Los Angeles",
    "company__v": "VeevaPharm",
    "user_title__v": "Product Manager",
    "alias__v": "Skipper",
}
SECTION, LOWER_SECTION = "1365789543654", "1365704338631"
NODE = "1365798869626"
BINDER = {"name__v": "Binder", "type__v": "Compliance", "lifecycle__v": "General Lifecycle"}
DOCUMENT = {
    "name__v": "Gludacta Document",
    "type__v": "Promotional Piece",
    "subtype__v": "Advertisement",
    "classification__v": "Web",
    "lifecycle__v": "Promotional Piece",
    "major_version_number__v": 0,
    "minor_version_number__v": 1,
    "product__v": "0PR0303",
    "external_id__v": "GLU-DOC-0773",
}
PDF = b"%PDF-1.7 what is uploaded"
VIEWABLE = "viewable_rendition__v"
REGIONS = "regions__c"
POSTER = ("promotional_piece__vs", "print__vs", "poster__vs")
EMAIL = ("distribution__v", "approved_email__v")
PRODUCT = ("product__v", "1357663087386")
CREATED_ROW = {"name__v": "CholeCap", "type__v": "Protocol", "lifecycle__v": "General Lifecycle"}
DRAFT = {"major_version_number__v": 0, "minor_version_number__v": 1}
RENDITION_ROW = {"rendition_type__v": "imported_rendition__c", "file": "/renditions/773.pdf"}
VIEWABLE_ROW = {"rendition_type__v": "viewable_rendition__v"}
VERSION_ROW = {"id": 208, "major_version_number__v": 2, "minor_version_number__v": 1}
REVIEWER_ROW = {"id": 773, "reviewer__v.users": "25496"}


async def first_documents(vault: Vault) -> Page[Document]:
    """Ask for the first page of the documents."""
    return await vault.documents.retrieve_all(start=0, limit=200, sort="name__v desc")


async def first_users(vault: Vault) -> Page[User]:
    """Ask for the first page of the users of the whole domain."""
    return await vault.users.retrieve_all(vaults="all", start=0, limit=200, sort="user_name__v asc")


async def first_events(vault: Vault) -> Page[DocumentEvent]:
    """Ask for the first page of a document's events."""
    return await vault.document_events.retrieve_all(
        773, start_date=date(2015, 1, 1), end_date=date(2030, 1, 1), limit=200
    )


async def results_of(results: AsyncIterator[RowResult]) -> tuple[RowResult, ...]:
    """Send the rows, and collect what became of each."""
    return tuple([one async for one in results])


async def first_records(vault: Vault) -> Page[ObjectRecord]:
    """Retrieve the first page of a collection."""
    fields = ("id", "name__v")
    return await vault.object_records.retrieve_all(
        PRODUCT[0], fields=fields, sort="name__v asc", limit=200
    )


OPERATIONS: dict[str, Callable[[Vault, Path], Awaitable[object]]] = {
    # API Metadata
    "retrieve_api_versions": lambda vault, _: vault.api_metadata.retrieve_versions(),
    "retrieve_api_resources": lambda vault, _: vault.api_metadata.retrieve_resources(),
    "retrieve_security_policy_metadata": lambda vault, _: (
        vault.security_policies.retrieve_metadata()
    ),
    # Domain Information
    "retrieve_domain_information": lambda vault, _: vault.domain.retrieve(),
    # Document Metadata
    "retrieve_all_document_types": lambda vault, _: vault.document_metadata.retrieve_types(),
    "retrieve_all_document_types_alias": lambda vault, _: vault.document_metadata.retrieve_root(),
    "retrieve_document_type": lambda vault, _: vault.document_metadata.retrieve_type("claim__vs"),
    "retrieve_document_subtype": lambda vault, _: vault.document_metadata.retrieve_subtype(
        *POSTER[:2], include_inherited=False
    ),
    "retrieve_document_classification": lambda vault, _: (
        vault.document_metadata.retrieve_classification(*POSTER, include_inherited=False)
    ),
    "retrieve_document_fields": lambda vault, _: vault.document_metadata.retrieve_fields(),
    "retrieve_document_type_relationships": lambda vault, _: (
        vault.document_metadata.retrieve_relationships("claim__vs")
    ),
    "retrieve_document_lock_metadata": lambda vault, _: vault.document_metadata.retrieve_lock(),
    "find_common_document_fields": lambda vault, _: vault.document_metadata.find_common_fields(
        [34, 52]
    ),
    # Create Document
    "create_document_from_uploaded_file": lambda vault, _: vault.documents.create(
        DOCUMENT, file=PDF, filename="gludacta-document-01.docx"
    ),
    "create_document_from_template": lambda vault, _: vault.documents.create_from_template(
        DOCUMENT, template="promo_doc_template__c"
    ),
    "create_content_placeholder_document": lambda vault, _: vault.documents.create_placeholder(
        DOCUMENT
    ),
    "create_unclassified_document": lambda vault, _: vault.documents.create_unclassified(
        {"product__v": "00P000000000101"}, file=PDF, filename="CholeCap Information.docx"
    ),
    "create_crosslink_document": lambda vault, _: vault.documents.create_crosslink(
        DOCUMENT, source_vault_id=2112, source_document_id=101, binding=VersionNumber(1, 3)
    ),
    # Documents
    "retrieve_documents": lambda vault, _: first_documents(vault),
    "retrieve_document": lambda vault, _: vault.documents.retrieve(773),
    "retrieve_document_versions": lambda vault, _: vault.documents.retrieve_versions(208),
    "retrieve_document_version": lambda vault, _: vault.documents.version(208, 2, 1).retrieve(),
    "update_document": lambda vault, _: vault.documents.update(
        773, {"type__v": "Promotional Piece", "title__v": "New"}, reclassify=True
    ),
    "update_document_version": lambda vault, _: vault.documents.version(208, 2, 1).update(
        {"title__v": "New"}
    ),
    "delete_document": lambda vault, _: vault.documents.delete(773),
    "delete_document_version": lambda vault, _: vault.documents.version(208, 2, 1).delete(),
    "retrieve_document_file": lambda vault, scratch: vault.documents.download(
        773, to=scratch, lock=True, on_exists="unique"
    ),
    "retrieve_document_version_file": lambda vault, scratch: vault.documents.version(
        208, 2, 1
    ).download(to=scratch, on_exists="unique"),
    "retrieve_document_version_thumbnail": lambda vault, scratch: vault.documents.version(
        208, 2, 1
    ).download_thumbnail(to=scratch, on_exists="unique"),
    "create_document_lock": lambda vault, _: vault.documents.lock(773).create(),
    "retrieve_document_lock": lambda vault, _: vault.documents.lock(222).retrieve(),
    "delete_document_lock": lambda vault, _: vault.documents.lock(222).delete(),
    "update_document_file": lambda vault, _: vault.documents.content(773).update(
        file=PDF, description="Second edition", suppress_rendition=True
    ),
    "create_document_draft_from_latest_content": lambda vault, _: vault.documents.content(
        773
    ).create_draft(),
    "create_document_draft_from_uploaded_content": lambda vault, _: vault.documents.content(
        773
    ).create_draft(file=PDF),
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
    "upload_document_rendition": lambda vault, _: vault.documents.renditions(773).upload(
        VIEWABLE, file=PDF, filename="file.pdf"
    ),
    "upload_document_version_rendition": lambda vault, _: vault.documents.version(
        773, 0, 1
    ).renditions.upload(VIEWABLE, file=PDF, filename="file.pdf"),
    "upload_document_annotations": lambda vault, _: vault.documents.annotations(208).upload(
        file=PDF, filename="file.pdf"
    ),
    "upload_document_version_annotations": lambda vault, _: vault.documents.version(
        208, 2, 1
    ).annotations.upload(file=PDF, filename="file.pdf"),
    "delete_document_rendition": lambda vault, _: vault.documents.renditions(208).delete(VIEWABLE),
    "delete_document_version_rendition": lambda vault, _: vault.documents.version(
        208, 2, 1
    ).renditions.delete(VIEWABLE),
    "replace_document_rendition": lambda vault, _: vault.documents.renditions(208).replace(
        VIEWABLE, file=PDF, filename="file.pdf"
    ),
    "replace_document_version_rendition": lambda vault, _: vault.documents.version(
        208, 2, 1
    ).renditions.replace(VIEWABLE, file=PDF, filename="file.pdf"),
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
    # Bulk Documents API
    "create_documents_in_bulk": lambda vault, _: results_of(
        vault.documents.create_many([CREATED_ROW])
    ),
    "update_documents_in_bulk": lambda vault, _: results_of(
        vault.documents.update_many([{"id": 773, "title__v": "New"}])
    ),
    "delete_documents_in_bulk": lambda vault, _: results_of(
        vault.documents.delete_many([{"id": 773}])
    ),
    "add_document_versions_in_bulk": lambda vault, _: results_of(
        vault.documents.add_many_versions([{**VERSION_ROW, "minor_version_number__v": 2}])
    ),
    "delete_document_versions_in_bulk": lambda vault, _: results_of(
        vault.documents.delete_many_versions([VERSION_ROW], as_json=True)
    ),
    "add_document_renditions_in_bulk": lambda vault, _: results_of(
        vault.documents.add_many_renditions([{"id": 773, **DRAFT, **RENDITION_ROW}])
    ),
    "delete_document_renditions_in_bulk": lambda vault, _: results_of(
        vault.documents.delete_many_renditions([{**VERSION_ROW, **VIEWABLE_ROW}])
    ),
    # Document Events
    "retrieve_document_event_types": lambda vault, _: vault.document_events.retrieve_types(),
    "retrieve_document_event_subtype_metadata": lambda vault, _: (
        vault.document_events.retrieve_subtype(*EMAIL)
    ),
    "retrieve_document_event_type_metadata": lambda vault, _: vault.document_events.retrieve_type(
        EMAIL[0]
    ),
    "retrieve_document_event_data": lambda vault, _: first_events(vault),
    "log_document_event": lambda vault, _: vault.document_events.log(
        773,
        0,
        1,
        event_type="Distribution",
        event_subtype="Approved Email",
        properties={"recipient__v": "site@example.com"},
    ),
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
    "delete_document_attachment": lambda vault, _: vault.documents.attachments(565).delete(567),
    "delete_document_attachment_version": lambda vault, _: vault.documents.attachments(
        565
    ).delete_version(567, 3),
    "add_document_attachment": lambda vault, _: vault.documents.attachments(565).add(
        b"new", filename="New.txt"
    ),
    "restore_document_attachment_version": lambda vault, _: vault.documents.attachments(
        565
    ).restore_version(567, 2),
    "update_document_attachment_description": lambda vault, _: vault.documents.attachments(
        565
    ).update_description(567, "Facilities information and contacts"),
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
    "delete_object_record_attachment": lambda vault, _: vault.object_records.attachments(
        *SITE
    ).delete(571),
    "delete_object_record_attachment_version": lambda vault, _: vault.object_records.attachments(
        *SITE
    ).delete_version(571, 1),
    "add_object_record_attachment": lambda vault, _: vault.object_records.attachments(*SITE).add(
        b"new", filename="New.txt"
    ),
    "restore_object_record_attachment_version": lambda vault, _: vault.object_records.attachments(
        *SITE
    ).restore_version(571, 2),
    "update_object_record_attachment_description": lambda vault, _: (
        vault.object_records.attachments(*SITE).update_description(
            558, "Facilities information and contacts"
        )
    ),
    # Lifecycles
    "retrieve_document_lifecycle_actions": lambda vault, _: vault.documents.version(
        222, 0, 1
    ).lifecycle_actions.retrieve_all(),
    "retrieve_binder_lifecycle_actions": lambda vault, _: vault.binders.version(
        32, 0, 1
    ).lifecycle_actions.retrieve_all(),
    "retrieve_document_lifecycle_action_entry_requirements": lambda vault, _: (
        vault.documents.version(222, 0, 1).lifecycle_actions.retrieve_entry_requirements(
            "startApproval"
        )
    ),
    "retrieve_binder_lifecycle_action_entry_requirements": lambda vault, _: vault.binders.version(
        32, 0, 1
    ).lifecycle_actions.retrieve_entry_requirements("startApproval"),
    "initiate_document_lifecycle_action": lambda vault, _: vault.documents.version(
        222, 0, 1
    ).lifecycle_actions.initiate("startApproval", APPROVAL),
    "initiate_binder_lifecycle_action": lambda vault, _: vault.binders.version(
        32, 0, 1
    ).lifecycle_actions.initiate("startApproval", APPROVAL),
    # Binders
    "create_binder": lambda vault, _: vault.binders.create(BINDER, index_async=True),
    "retrieve_binder": lambda vault, _: vault.binders.retrieve(1255, depth="all"),
    "retrieve_binder_versions": lambda vault, _: vault.binders.retrieve_versions(32),
    "retrieve_binder_version": lambda vault, _: vault.binders.version(32, 0, 1).retrieve(),
    "update_binder": lambda vault, _: vault.binders.update(
        32, {"title__v": "New", "subtype__v": "Plan"}, reclassify=True
    ),
    "update_binder_version": lambda vault, _: vault.binders.version(32, 0, 1).update(
        {"title__v": "New"}
    ),
    "create_binder_draft": lambda vault, _: vault.binders.create_draft(32),
    "delete_binder": lambda vault, _: vault.binders.delete(35),
    "delete_binder_version": lambda vault, _: vault.binders.version(124, 0, 1).delete(),
    "create_binder_relationship": lambda vault, _: vault.binders.version(
        32, 0, 1
    ).relationships.create(
        "supporting_documents__vs", 13, target_major_version=0, target_minor_version=1
    ),
    "retrieve_binder_relationship": lambda vault, _: vault.binders.version(
        32, 0, 1
    ).relationships.retrieve(41),
    "delete_binder_relationship": lambda vault, _: vault.binders.version(
        32, 0, 1
    ).relationships.delete(41),
    "update_binder_binding_rule": lambda vault, _: vault.binders.update_binding_rule(
        32, "steady-state", override=True
    ),
    "create_binder_section": lambda vault, _: vault.binders.sections(32).create(
        "Plans", section_number="2", parent_id=SECTION, order=0
    ),
    "retrieve_binder_sections": lambda vault, _: vault.binders.sections(32).retrieve_all(),
    "retrieve_binder_section": lambda vault, _: vault.binders.sections(32).retrieve(SECTION),
    "retrieve_binder_version_sections": lambda vault, _: vault.binders.version(
        32, 0, 1
    ).sections.retrieve_all(),
    "retrieve_binder_version_section": lambda vault, _: vault.binders.version(
        32, 0, 1
    ).sections.retrieve(SECTION),
    "update_binder_section": lambda vault, _: vault.binders.version(32, 0, 1).sections.update(
        LOWER_SECTION, name="Older plans", section_number="1.1", parent_id="32", order=0
    ),
    "update_binder_section_binding_rule": lambda vault, _: vault.binders.sections(
        32
    ).update_binding_rule(SECTION, "current", override=True),
    "delete_binder_section": lambda vault, _: vault.binders.sections(32).delete(LOWER_SECTION),
    "add_document_to_binder": lambda vault, _: vault.binders.documents(32).add(
        13, parent_id=SECTION, order=1, rule="specific", major_version=0, minor_version=1
    ),
    "move_document_within_binder": lambda vault, _: vault.binders.documents(32).move(
        NODE, parent_id=SECTION, order=3
    ),
    "update_binder_document_binding_rule": lambda vault, _: vault.binders.documents(
        32
    ).update_binding_rule(NODE, "specific", major_version=0, minor_version=1),
    "remove_document_from_binder": lambda vault, _: vault.binders.documents(32).remove(NODE),
    # Bulk Document Roles API
    "assign_document_roles_in_bulk": lambda vault, _: results_of(
        vault.documents.assign_many_roles([REVIEWER_ROW])
    ),
    "remove_document_roles_in_bulk": lambda vault, _: results_of(
        vault.documents.remove_many_roles([REVIEWER_ROW])
    ),
    # Roles
    "retrieve_document_roles": lambda vault, _: vault.documents.roles(773).retrieve_all(),
    "retrieve_document_role_assignments": lambda vault, _: vault.documents.roles(773).retrieve(
        "reviewer__v"
    ),
    "assign_users_groups_to_document_role": lambda vault, _: vault.documents.roles(773).assign(
        users={"consumer__v": [19376, 18234, 19456]}, groups={"legal__c": [19365, 18923]}
    ),
    "delete_user_from_document_role": lambda vault, _: vault.documents.roles(773).delete_user(
        "consumer__v", 19376
    ),
    "delete_group_from_document_role": lambda vault, _: vault.documents.roles(773).delete_group(
        "legal__c", 19365
    ),
    # Users
    "retrieve_user_metadata": lambda vault, _: vault.users.retrieve_metadata(),
    "retrieve_all_users": lambda vault, _: first_users(vault),
    "retrieve_user": lambda vault, _: vault.users.retrieve(25496),
    "create_user": lambda vault, _: vault.users.create(ELAINE, picture=b"GIF89a, of Elaine"),
    "update_user": lambda vault, _: vault.users.update(25001, PROFILE),
    "disable_user": lambda vault, _: vault.users.disable(25001, domain=True),
    "change_user_password": lambda vault, _: vault.users.change_password(
        25496, current=PASSWORD, new=NEW_PASSWORD
    ),
    "update_vault_membership": lambda vault, _: vault.users.update_vault_membership(
        25001, 3003, active=True, security_profile="business_admin__v", license_type="full__v"
    ),
    # Groups
    "retrieve_group_metadata": lambda vault, _: vault.groups.retrieve_metadata(),
    "create_group": lambda vault, _: vault.groups.create(
        "Clinical Reviewers", members=[25515, 26180]
    ),
    "retrieve_groups": lambda vault, _: vault.groups.retrieve_all(),
    "retrieve_group": lambda vault, _: vault.groups.retrieve(6),
    "update_group": lambda vault, _: vault.groups.update(27, label="Reviewers"),
    "delete_group": lambda vault, _: vault.groups.delete(27),
    # Object Metadata
    "retrieve_object_collection": lambda vault, _: vault.objects.retrieve_all(localized=True),
    "retrieve_object": lambda vault, _: vault.objects.retrieve("study__v"),
    # Object Field Metadata
    "retrieve_object_field": lambda vault, _: vault.objects.retrieve_field(
        "site__v", "study_number__v", localized=True
    ),
    # Object Records
    "retrieve_object_record_collection": lambda vault, _: first_records(vault),
    "retrieve_object_record": lambda vault, _: vault.object_records.retrieve(*PRODUCT),
    "delete_object_record": lambda vault, _: vault.object_records.delete("product__v", "0PR0202"),
    # Bulk Object Records API
    "create_object_records_in_bulk": lambda vault, _: results_of(
        vault.object_records.create_many(PRODUCT[0], [{"name__v": "Restolar"}])
    ),
    "update_object_records_in_bulk": lambda vault, _: results_of(
        vault.object_records.update_many(
            PRODUCT[0], [{"id": PRODUCT[1], "name__v": "New"}], as_json=True
        )
    ),
    # Picklists
    "retrieve_all_picklists": lambda vault, _: vault.picklists.retrieve_all(),
    "retrieve_picklist_values": lambda vault, _: vault.picklists.retrieve_values(REGIONS),
    "create_picklist_values": lambda vault, _: vault.picklists.create_values(
        REGIONS, ["North America", "Central America", "South America"]
    ),
    "update_picklist_value_label": lambda vault, _: vault.picklists.update_labels(
        REGIONS, {"north_america__c": "North America/United States"}
    ),
    "update_picklist_value_name": lambda vault, _: vault.picklists.update_name(
        REGIONS, "north_america__c", new="north_america_united_states"
    ),
    "delete_picklist_value": lambda vault, _: vault.picklists.delete_value(
        REGIONS, "north_america__c"
    ),
    # Security Policies
    "retrieve_all_security_policies": lambda vault, _: vault.security_policies.retrieve_all(),
    "retrieve_security_policy": lambda vault, _: vault.security_policies.retrieve(821),
    # Workflows
    "retrieve_workflow_metadata": lambda vault, _: vault.workflows.retrieve_metadata(),
    # Document & Binder User Actions
    "download_controlled_copy_job_results": lambda vault, scratch: (
        vault.controlled_copies.download_results(COPY, 39303, to=scratch, on_exists="unique")
    ),
}
