"""The reference's own example answers, read by the operation that they belong to."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.endpoints.recording import files_in
from tests.leaks import PASSWORD, SESSION_ID
from tests.operations import OPERATIONS
from vaultio import (
    ApiVersion,
    Attachment,
    AuthenticationError,
    Password,
    SavedFile,
    SessionId,
    Vault,
    VersionNumber,
)
from vaultio.models import AttachmentVersion, EntryRequirement, JobStart, VaultObject

REPLIES = {
    file.stem: json.loads(file.read_text("utf-8"))
    for file in sorted((Path(__file__).parent / "replies").iterdir())
}
FILES = {name: reply for name, reply in REPLIES.items() if isinstance(reply["body"], str)}
NAMELESS = {
    "retrieve_document_version_thumbnail": "document-208-2.1.png",
    "retrieve_document_rendition": "document-208-viewable_rendition__v",
    "retrieve_document_version_rendition": "document-208-2.1-viewable_rendition__v",
    "retrieve_document_annotations": "document-208-annotations.pdf",
    "retrieve_document_version_annotations": "document-208-2.1-annotations.pdf",
}
RECORD = "https://myvault.vaultdev.com/api/v11.0/vobjects/site__v/1357752909483/attachments"
VERSIONS = tuple(
    AttachmentVersion(version=one, url=f"{RECORD}/558/versions/{one}") for one in (1, 2, 3)
)


def respond(reply: Mapping[str, Any]) -> httpx.Response:
    """Make an answer of a file's headers and body, in chunks and without a length."""
    body = reply["body"] if isinstance(reply["body"], str) else json.dumps(reply["body"])

    async def chunks() -> AsyncIterator[bytes]:
        yield body.encode()

    return httpx.Response(200, headers=reply["headers"], content=chunks())


async def replayed(operation: str, scratch: Path) -> Any:
    """Run an operation against the answer that the reference prints for it."""
    transport = httpx.MockTransport(lambda _: respond(REPLIES[operation]))
    address, session = "https://myvault.veevavault.com", SessionId(SESSION_ID)
    async with Vault(address, session, api_version="v11.0", transport=transport) as vault:
        return await OPERATIONS[operation](vault, scratch)


async def test_api_versions(tmp_path: Path) -> None:
    """The versions come oldest first as numbers, v10.0 after v9.0."""
    versions = await replayed("retrieve_api_versions", tmp_path)

    assert [str(one) for one in versions] == ["v2.0", "v3.0", "v9.0", "v10.0", "v11.0"]
    assert versions[ApiVersion(11, 0)] == "https://{customer}.veevavault.com/api/v11.0"


async def test_document_versions(tmp_path: Path) -> None:
    """The five versions, which Vault lists in no order, come oldest first."""
    versions = await replayed("retrieve_document_versions", tmp_path)

    expected = [VersionNumber(*one) for one in ((1, 0), (1, 1), (1, 2), (2, 0), (2, 1))]
    assert expected == [version.number for version in versions]


async def test_attachment_links(tmp_path: Path) -> None:
    """The abridged answer, which has no responseStatus, is read all the same."""
    links = await replayed("determine_if_document_has_attachments", tmp_path)

    assert [link.id for link in links] == [566, 567]


async def test_attachment_of_a_record(tmp_path: Path) -> None:
    """Every value of the example is where it belongs."""
    attachment = await replayed("retrieve_object_record_attachment_metadata", tmp_path)

    assert attachment == Attachment(
        id=558,
        filename="Site Contact List.docx",
        description="Facilities information and contacts",
        format="application/vnd.openxmlformats-officedocument.wordprocessingml.document",
        size=11450,
        md5="9c6f61847207898ca98431d3e9ad176d",
        version=3,
        created_by=46916,
        created_date=datetime(2015, 1, 7, 21, 42, 47, 772000, UTC),
        versions=VERSIONS,
    )


@pytest.mark.parametrize(
    ("operation", "expected"),
    [
        ("list_document_attachments", [(566, 2, None, 2), (567, 3, None, 3)]),
        (
            "list_object_record_attachments",
            [(558, 3, "Facilities information and contacts", 3), (571, 1, None, 1)],
        ),
    ],
)
async def test_attachments(
    operation: str, expected: list[tuple[int, int, str | None, int]], tmp_path: Path
) -> None:
    """The lists of both owners give ids, latest versions, descriptions and version links."""
    attachments = await replayed(operation, tmp_path)

    read = [(one.id, one.version, one.description, len(one.versions)) for one in attachments]
    assert expected == read


@pytest.mark.parametrize("owner", ["document", "object_record"])
async def test_attachment_versions(owner: str, tmp_path: Path) -> None:
    """One attachment's versions, and one version's metadata, agree."""
    versions = await replayed(f"list_{owner}_attachment_versions", tmp_path)
    latest = await replayed(f"retrieve_{owner}_attachment_version_metadata", tmp_path)

    assert versions[-1].version == latest.version
    assert (latest.checksum.size, latest.versions) == (109828, ())


async def test_object_with_attachments(tmp_path: Path) -> None:
    """An object whose records may have attachments says so twice."""
    site = await replayed("determine_if_object_attachments_are_enabled", tmp_path)

    assert isinstance(site, VaultObject)
    assert (site.name, site.label_plural) == ("site__v", "Study Sites")
    assert site.takes_attachments
    assert site.urls["attachments"] == "/api/v11.0/vobjects/site__v/{id}/attachments"


async def test_object_without_attachments(tmp_path: Path) -> None:
    """An object whose records take none, with how it is tied to another one."""
    study = await replayed("retrieve_object", tmp_path)

    assert not study.takes_attachments
    assert (study.prefix, study.order, study.fields) == ("0ST", None, {})
    (sites,) = study.relationships
    assert (sites.name, sites.type, sites.object.name) == (
        "sites__vr",
        "reference_inbound",
        "site__v",
    )


async def test_lifecycle_actions(tmp_path: Path) -> None:
    """The two actions of the example; v11.0 does not say whether they may be executed."""
    actions = await replayed("retrieve_document_lifecycle_actions", tmp_path)

    assert [(one.name, one.type, one.executable) for one in actions] == [
        ("startApproval", "workflow", None),
        ("approve", "stateChange", None),
    ]


async def test_entry_requirements(tmp_path: Path) -> None:
    """A flag that is left out is false, and what kind of object is meant is in `fields`."""
    due_date, approver = await replayed(
        "retrieve_document_lifecycle_action_entry_requirements", tmp_path
    )

    assert due_date == EntryRequirement(
        name="dueDate",
        description="Approval Due Date",
        types=("Date",),
        required=True,
        editable=True,
        scope="WorkflowActivation",
    )
    assert approver.repeating
    assert approver.fields["objectTypeReferenced"]["name"] == "User"


async def test_start_of_a_workflow(tmp_path: Path) -> None:
    """A workflow is no job; its id is a text, under Vault's name."""
    started = await replayed("initiate_document_lifecycle_action", tmp_path)

    assert started == JobStart(fields={"id": 222, "workflow_id__v": "115"})


@pytest.mark.parametrize("operation", FILES)
async def test_file(operation: str, tmp_path: Path) -> None:
    """A file has the name that Vault gives it; where it gives none, one that tells whose it is."""
    disposition = FILES[operation]["headers"].get("Content-Disposition", "")
    expected = NAMELESS.get(operation) or disposition.split('"')[1]

    saved = await replayed(operation, tmp_path)

    assert isinstance(saved, SavedFile)
    assert [tmp_path / expected] == [saved.path] == files_in(tmp_path)
    assert (saved.size, saved.verified) == (len(FILES[operation]["body"]), "none")


async def test_failed_login() -> None:
    """The example of a failure: its type is kept, and ``errorType`` on top makes no other."""
    transport = httpx.MockTransport(lambda _: respond(REPLIES["failed_login"]))
    address, credentials = "https://myvault.veevavault.com", Password("ana", PASSWORD)

    async with Vault(address, credentials, api_version="v11.0", transport=transport) as vault:
        with pytest.raises(AuthenticationError, match="No password was provided") as caught:
            await vault.documents.retrieve(773)

    assert caught.value.type == "NO_PASSWORD_PROVIDED"


def test_every_reply_is_used() -> None:
    """No answer lies there for an operation that is not there."""
    assert REPLIES.keys() - OPERATIONS.keys() == {"failed_login"}
