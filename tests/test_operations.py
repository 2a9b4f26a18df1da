"""The walk through all operations: what goes out, what comes back, what is still missing."""

from __future__ import annotations

from pathlib import Path

import httpx
import pytest

from tests.endpoints.recording import (
    body_kind,
    catalogue,
    examples,
    files_in,
    matches,
    path_of,
)
from tests.operations import OPERATIONS
from tests.operations_accounts import RESULTS as ACCOUNT_RESULTS
from tests.operations_binders import RESULTS as BINDER_RESULTS
from tests.operations_documents import MOVED as MOVED_ANNOTATIONS
from tests.operations_documents import RESULTS as DOCUMENT_RESULTS
from tests.operations_metadata import RESULTS as METADATA_RESULTS
from tests.operations_records import LATER as LATER_IN_BULK
from tests.operations_records import RESULTS as RECORD_RESULTS
from vaultio import (
    Attachment,
    Document,
    DocumentVersion,
    Page,
    Rendition,
    SavedFile,
)
from vaultio.models import (
    AttachmentLink,
    AttachmentVersion,
    EntryRequirement,
    JobStart,
    LifecycleAction,
    VaultObject,
)

VERSIONS = ("v11.0", "v24.3")
LATER = {"download_controlled_copy_job_results": {"v11.0": "v18.3"}, **LATER_IN_BULK}
"""Operations that go out at the version they came with, where the client's is older."""

MOVED = {
    **MOVED_ANNOTATIONS,
    "update_binder_section": {"v24.3": "/api/v24.3/objects/binders/{id}/sections/{node_id}"},
}
"""Operations whose path is another one at a newer version."""

RESULTS: dict[str, type | tuple[type]] = {
    **ACCOUNT_RESULTS,
    **BINDER_RESULTS,
    **DOCUMENT_RESULTS,
    **METADATA_RESULTS,
    **RECORD_RESULTS,
    "retrieve_api_versions": dict,
    "retrieve_documents": Page,
    "retrieve_document": Document,
    "retrieve_document_versions": (DocumentVersion,),
    "retrieve_document_version": Document,
    "list_document_renditions": (Rendition,),
    "list_document_version_renditions": (Rendition,),
    "determine_if_document_has_attachments": (AttachmentLink,),
    "list_document_attachments": (Attachment,),
    "retrieve_document_attachment_metadata": Attachment,
    "list_document_attachment_versions": (AttachmentVersion,),
    "retrieve_document_attachment_version_metadata": Attachment,
    "determine_if_object_attachments_are_enabled": VaultObject,
    "list_object_record_attachments": (Attachment,),
    "retrieve_object_record_attachment_metadata": Attachment,
    "list_object_record_attachment_versions": (AttachmentVersion,),
    "retrieve_object_record_attachment_version_metadata": Attachment,
    "retrieve_document_lifecycle_actions": (LifecycleAction,),
    "retrieve_document_lifecycle_action_entry_requirements": (EntryRequirement,),
    "initiate_document_lifecycle_action": JobStart,
    "retrieve_object": VaultObject,
}
"""What an operation returns, in a tuple for a tuple of it; one that streams: a `SavedFile`."""


async def sent_by(operation: str, version: str, scratch: Path) -> httpx.Request:
    """Run an operation and return its request, surely the only one."""
    async with examples(version) as (vault, recorder, _):
        await OPERATIONS[operation](vault, scratch)
    (request,) = recorder.requests
    return request


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("operation", OPERATIONS)
async def test_sends_what_the_catalogue_says(operation: str, version: str, tmp_path: Path) -> None:
    """One request goes out, with the method, path, parameters and body of the reference."""
    entry = catalogue()[operation]
    goes_out_at = LATER.get(operation, {}).get(version, version)
    template = entry["path"].replace("{version}", goes_out_at)
    template = MOVED.get(operation, {}).get(version, template)

    request = await sent_by(operation, version, tmp_path)

    assert matches(template, path_of(request)), f"{path_of(request)} is not {template}"
    assert entry["method"] == request.method
    assert body_kind(request) in (entry["body"].split("_or_") if entry["body"] else [None])
    assert request.url.params.keys() <= set(entry["query"])


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("operation", OPERATIONS)
async def test_is_served_by_the_sandbox(operation: str, version: str, tmp_path: Path) -> None:
    """The sandbox answers with what the operation's coroutine is declared to return."""
    declared = RESULTS.get(operation, SavedFile)

    async with examples(version) as (vault, _, _):
        result = await OPERATIONS[operation](vault, tmp_path)

    if isinstance(declared, tuple):
        assert isinstance(result, tuple)
        assert {declared[0]} == {type(item) for item in result}
    else:
        assert isinstance(result, declared)


@pytest.mark.parametrize("operation", [one for one in OPERATIONS if one not in RESULTS])
async def test_file_lands_in_the_scratch_folder(operation: str, tmp_path: Path) -> None:
    """An operation that streams leaves one file, whole, and nothing beside it."""
    async with examples("v11.0") as (vault, _, _):
        saved = await OPERATIONS[operation](vault, tmp_path)

    assert isinstance(saved, SavedFile)
    assert [saved.path] == files_in(tmp_path)
    assert saved.size > 0


def test_files_are_the_operations_that_stream() -> None:
    """What is not in the table of results is a stream in the catalogue, all of those here."""
    streams = {one for one, entry in catalogue().items() if entry["response"] == "stream"}

    assert streams == OPERATIONS.keys() - RESULTS.keys()


def test_every_operation_is_in_the_catalogue() -> None:
    """No id here is unknown to the reference."""
    assert not OPERATIONS.keys() - catalogue().keys()


def test_catalogue_is_complete() -> None:
    """The reference has 160 operations, each told apart by its id."""
    assert len(catalogue()) == 160


def test_says_what_is_missing(capsys: pytest.CaptureFixture[str]) -> None:
    """The ids without a coroutine are counted and named for whoever fills them; none fails."""
    missing = [one for one in catalogue() if one not in OPERATIONS]

    with capsys.disabled():
        print(f"\n{len(OPERATIONS)} of {len(catalogue())} operations, {len(missing)} missing")

    assert len(missing) == len(catalogue()) - len(OPERATIONS)
