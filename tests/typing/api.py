"""What the rooms return, for a type checker: checked by mypy, never run."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, assert_type

from vaultio import (
    AddedAttachment,
    ApiVersion,
    Attachment,
    Binder,
    BinderNode,
    Checksum,
    Delegation,
    Discovery,
    Document,
    DocumentLock,
    DocumentRole,
    DocumentVersion,
    FileOpening,
    FileStream,
    Group,
    Job,
    NewVersion,
    OAuth,
    ObjectRecord,
    OutcomeUnknownError,
    Page,
    Pages,
    Password,
    QuotaUsage,
    Relationship,
    Rendition,
    RoleAssignment,
    RowResult,
    RowResults,
    Rows,
    SalesforceSession,
    SavedFile,
    SessionId,
    Usage,
    User,
    Vault,
    VersionNumber,
    discover,
)
from vaultio.models import (
    AttachmentLink,
    AttachmentVersion,
    AuthenticationProfile,
    EntryRequirement,
    JobLink,
    JobStart,
    LifecycleAction,
    Property,
    VaultObject,
)


async def _made(_: OutcomeUnknownError) -> int | None:
    return None


async def client(scratch: Path) -> None:
    """A client is what its block gives, and a view is a client."""
    credentials = Password("ana@example.com", "secret")
    async with Vault("https://vault.example.com", credentials, api_version="v11.0") as vault:
        assert_type(vault, Vault)
        assert_type(vault.with_options(priority="bulk"), Vault)
        assert_type(vault.with_options(verify=_made), Vault)
        assert_type(vault.with_session(SessionId("S-1")), Vault)
        assert_type(vault.api_version, ApiVersion)
        usage = await vault.quota()
        assert_type(usage, Usage)
        assert_type(usage.quotas, tuple[QuotaUsage, ...])
        assert_type(usage.burst, QuotaUsage | None)
        assert_type(await vault.request("GET", "objects/users/me"), Mapping[str, Any])
        xml = await vault.request("GET", "objects/users/me", accept="application/xml")
        assert_type(xml, bytes)


async def _token() -> str:
    return "token"


async def logins(vault: Vault) -> None:
    """Tokens come as texts or from functions, plain or async; one acts for others by clients."""
    Vault("https://vault.example.com", OAuth("_p", "token"), api_version="v11.0")
    Vault("https://vault.example.com", OAuth("_p", _token, "app"), api_version="v11.0")
    Vault("https://vault.example.com", OAuth("_p", lambda: "token"), api_version="v11.0")
    Vault("https://vault.example.com", SalesforceSession("id", "host"), api_version="v11.0")
    found = await discover("ana@example.com", client_id="app")
    assert_type(found, Discovery)
    assert_type(found.profiles, tuple[AuthenticationProfile, ...])
    delegations = await vault.delegations()
    assert_type(delegations, tuple[Delegation, ...])
    assert_type(vault.delegated(delegations[0], "https://other.example.com"), Vault)


async def api_metadata(vault: Vault) -> None:
    """API Metadata."""
    assert_type(await vault.api_metadata.retrieve_versions(), Mapping[ApiVersion, str])


async def documents(vault: Vault, scratch: Path) -> None:
    """Documents."""
    pages = vault.documents.retrieve_all(named_filter="My Documents")
    assert_type(pages, Pages[Document])
    assert_type(await pages, Page[Document])
    assert_type(await pages.all(), list[Document])
    assert_type([one async for one in pages], list[Document])
    assert_type([one async for one in pages.pages()], list[Page[Document]])

    document = await vault.documents.retrieve(773)
    assert_type(document, Document)
    assert_type(document.version, VersionNumber | None)
    assert_type(document.checksum, Checksum)
    assert_type(document.attachments, tuple[AttachmentLink, ...] | None)
    assert_type(document.fields, Mapping[str, Any])

    assert_type(await vault.documents.retrieve_versions(773), tuple[DocumentVersion, ...])
    links = await vault.documents.retrieve_attachment_links(773)
    assert_type(links, tuple[AttachmentLink, ...] | None)
    assert_type(await vault.documents.download(773, to=scratch), SavedFile)
    assert_type(vault.documents.open(773), FileOpening)
    assert_type(vault.documents.open(773).part(0, 10), FileOpening)
    assert_type(await vault.documents.open(773).checksum(), Checksum)

    fields = {"name__v": "Plan"}
    assert_type(await vault.documents.create(fields, file=scratch), int)
    assert_type(await vault.documents.create_unclassified(file=b"bytes"), int)
    assert_type(await vault.documents.update(773, fields, reclassify=True), int)
    assert_type(await vault.documents.delete(773), int)
    assert_type(await vault.documents.lock(773).retrieve(), DocumentLock | None)
    made = await vault.documents.content(773).create_draft()
    assert_type(made, NewVersion)
    assert_type(made.number, VersionNumber | None)


async def versions(vault: Vault, scratch: Path) -> None:
    """One version of a document, its renditions and annotations."""
    version = vault.documents.version(773, 0, 1)
    assert_type(await version.retrieve(), Document)
    assert_type(await version.download(to="exports/"), SavedFile)
    assert_type(await version.download_thumbnail(to=scratch), SavedFile)
    assert_type(await version.renditions.retrieve_all(), tuple[Rendition, ...])
    assert_type(await version.renditions.download("viewable_rendition__v", to=scratch), SavedFile)
    assert_type(await vault.documents.annotations(773).download(to=scratch), SavedFile)
    async with version.open() as stream:
        assert_type(stream, FileStream)
        assert_type([chunk async for chunk in stream], list[bytes])


async def attachments(vault: Vault, scratch: Path) -> None:
    """Attachments, of documents and of object records alike."""
    for of in (vault.documents.attachments(565), vault.object_records.attachments("site__v", "1")):
        assert_type(await of.retrieve_all(), tuple[Attachment, ...])
        assert_type(await of.retrieve(566), Attachment)
        assert_type(await of.retrieve_versions(566), tuple[AttachmentVersion, ...])
        assert_type(await of.download_all(to=scratch), SavedFile)


async def binders(vault: Vault) -> None:
    """Binders, and what is in them."""
    binder = await vault.binders.retrieve(7, depth="all")
    assert_type(binder, Binder)
    assert_type(binder.nodes, tuple[BinderNode, ...])
    assert_type(binder.nodes[0].version, VersionNumber | None)
    assert_type(await vault.binders.create({"name__v": "Trial"}), int)
    assert_type(await vault.binders.create_draft(7), VersionNumber)
    assert_type(await vault.binders.retrieve_versions(7), tuple[DocumentVersion, ...])
    assert_type(await vault.binders.sections(7).create("Plans"), str)
    assert_type(await vault.binders.sections(7).retrieve_all(), tuple[BinderNode, ...])
    assert_type(await vault.binders.version(7, 0, 1).sections.retrieve("100"), BinderNode)
    assert_type(await vault.binders.documents(7).add(9, rule="current"), str)


async def relationships(vault: Vault) -> None:
    """Relationships, of documents and of binders alike."""
    of_document = vault.documents.version(9, 0, 1).relationships
    assert_type(await of_document.retrieve_all(), tuple[Relationship, ...])
    assert_type(await of_document.create("references__vs", 14), int)
    of_binder = vault.binders.version(7, 0, 1).relationships
    assert_type(await of_binder.retrieve(41), Relationship)


async def attachment_changes(vault: Vault) -> None:
    """What changes attachments."""
    attachments = vault.documents.attachments(565)
    assert_type(await attachments.add("Plan.pdf"), AddedAttachment)
    assert_type(await attachments.restore_version(566, 1), AddedAttachment)
    await attachments.update_description(566, "a plan")


async def bulk(vault: Vault, rows: Rows) -> None:
    """Many rows at once."""
    assert_type(vault.documents.create_many(rows), RowResults)
    async for result in vault.object_records.create_many("site__v", [{"name__v": "Graz"}]):
        assert_type(result, RowResult)
        assert_type(result.id, int | str | None)
        assert_type(result.error_type, str | None)
    vault.documents.update_many("rows.csv", concurrency=1)
    vault.documents.delete_many(5)  # type: ignore[arg-type]  # no rows


async def object_records(vault: Vault) -> None:
    """Object records."""
    assert_type(vault.object_records.retrieve_all("site__v"), Pages[ObjectRecord])
    assert_type(await vault.object_records.retrieve("site__v", "1"), ObjectRecord)
    await vault.object_records.delete("site__v", "1")


async def objects(vault: Vault) -> None:
    """Object metadata."""
    assert_type(await vault.objects.retrieve("site__v"), VaultObject)


async def lifecycle_actions(vault: Vault) -> None:
    """Lifecycles."""
    actions = vault.documents.version(222, 0, 1).lifecycle_actions
    assert_type(await actions.retrieve_all(), tuple[LifecycleAction, ...])
    requirements = await actions.retrieve_entry_requirements("approve")
    assert_type(requirements, tuple[EntryRequirement, ...])
    assert_type(await actions.initiate("approve", {"dueDate": "2015-12-25"}), JobStart)


async def jobs(vault: Vault, scratch: Path) -> None:
    """Jobs and controlled copies."""
    version = vault.documents.version(222, 0, 1)
    job_id = await vault.controlled_copies.start(version, "copy")
    assert_type(job_id, int | str)
    job = await vault.jobs.wait(job_id)
    assert_type(job, Job)
    assert_type(job.link("artifacts"), JobLink | None)
    assert_type(await vault.controlled_copies.download(job, to=scratch), SavedFile)
    assert_type(await vault.controlled_copies.create(version, "copy", to=scratch), SavedFile)


async def query(vault: Vault) -> None:
    """VQL."""
    assert_type(vault.query("SELECT id FROM documents"), Pages[Mapping[str, Any]])
    async for row in vault.query("SELECT id FROM documents"):
        assert_type(row, Mapping[str, Any])
    assert_type(vault.query("SELECT id FROM documents", Document), Pages[Document])


async def wrong(vault: Vault) -> None:
    """What a type checker has to refuse; an ignore that is not needed is an error."""
    vault.query("SELECT id FROM documents", int)  # type: ignore[type-var]  # no model
    vault.documents.retrieve_all(named_filter="Mine")  # type: ignore[arg-type]  # no such filter
    await vault.binders.update_binding_rule(7, "specific")  # type: ignore[arg-type]  # of documents
    await vault.documents.download(773)  # type: ignore[call-arg]  # where to?
    await vault.documents.create({}, file=iter([b""]))  # type: ignore[arg-type]  # read once only
    await vault.documents.download(773, "exports/")  # type: ignore[call-arg]  # by name only
    await vault.request("PATCH", "objects")  # type: ignore[call-overload]  # Vault has none


async def accounts(vault: Vault) -> None:
    """Users, groups, and roles on documents."""
    pages = vault.users.retrieve_all(vaults=[3003, 4004])
    assert_type(pages, Pages[User])
    assert_type(await vault.users.retrieve_metadata(), tuple[Property, ...])
    assert_type(await vault.users.retrieve(7), User)
    assert_type(await vault.users.create({"user_name__v": "ana"}, picture="ana.png"), int)
    assert_type(await vault.groups.retrieve_all(), tuple[Group, ...])
    assert_type(await vault.groups.create("Reviewers", members=[7]), int)
    roles = vault.documents.roles(773)
    assert_type(await roles.retrieve("reviewer__v"), DocumentRole)
    assert_type(await roles.assign(users={"reviewer__v": {7, 8}}), RoleAssignment)
