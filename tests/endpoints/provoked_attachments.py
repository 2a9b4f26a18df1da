"""The errors listed for attachments, of documents and of object records alike."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import attrs

from tests.endpoints.provocation import Attempt, by_call, joined, walked
from tests.operations import SITE
from vaultio import Vault
from vaultio.sandbox import Sandbox
from vaultio.sandbox.stores.attachments import Attachments

_ID = "The resource [{id}] does not exist."
_VERSION = "The resource [{id}/version/{version}] does not exist."
_DISABLED = "The resource is not enabled for attachments"
_NONE = "The resource does not contain attachments"
_NOT_ADDED = "Cannot add an attachment : "
_MANY = f"{_NOT_ADDED}number of allowed attachments exceeds max [50]"
_LARGE = f"{_NOT_ADDED}maximum attachment file size exceeds max [{{n}}]"
_LONG = (
    "Invalid value [{value}] specified for parameter [description__v] : "
    "string exceeds max length [1000]"
)
_LIST, _VERSIONS = "list_{}_attachments", "list_{}_attachment_versions"
_RETRIEVE = "retrieve_{}_attachment_metadata"
_RETRIEVE_VERSION = "retrieve_{}_attachment_version_metadata"
_DOWNLOAD, _DOWNLOAD_VERSION = "download_{}_attachment", "download_{}_attachment_version"
_DOWNLOAD_ALL = "download_all_{}_attachments"
_DELETE, _DELETE_VERSION = "delete_{}_attachment", "delete_{}_attachment_version"
_ADD, _RESTORE = "add_{}_attachment", "restore_{}_attachment_version"
_UPDATE = "update_{}_attachment_description"
_OF_ONE = (
    *(_RETRIEVE, _VERSIONS, _RETRIEVE_VERSION, _DOWNLOAD, _DOWNLOAD_VERSION),
    *(_DELETE, _DELETE_VERSION, _RESTORE, _UPDATE),
)


def _of(owner: str, names: Iterable[str]) -> list[str]:
    return [name.format(owner) for name in names]


def _both(*names: str) -> list[str]:
    return [*_of("document", names), *_of("object_record", names)]


def _owned(sandbox: Sandbox) -> tuple[Attachments, Attachments]:
    record = sandbox.records[SITE[0]].records[SITE[1]]
    return sandbox.documents[565].attachments, record.attachments


def _empty(sandbox: Sandbox) -> None:
    for attachments in _owned(sandbox):
        for one in list(attachments):
            attachments.delete(one.id)


def _exchange(sandbox: Sandbox) -> None:
    """Have other attachments there than those that are asked for."""
    _empty(sandbox)
    for attachments in _owned(sandbox):
        attachments.add("Other.txt", b"other")


def _renumber(sandbox: Sandbox) -> None:
    """Have the attachments there, but each at version 9 alone."""
    for attachments in _owned(sandbox):
        for one in attachments:
            one.versions[:] = [attrs.evolve(one.latest, number=9)]


def _disable(sandbox: Sandbox) -> None:
    sandbox.documents[565].attachments_enabled = False
    sandbox.records[SITE[0]].allow_attachments = False


def _fill(sandbox: Sandbox) -> None:
    for attachments in _owned(sandbox):
        for number in range(50 - len(attachments)):
            attachments.add(f"{number}.txt", f"file {number}")


def _shrink(sandbox: Sandbox) -> None:
    sandbox.settings.max_attachment_bytes = 2


async def _restore_of_document(vault: Vault, _: Path) -> None:
    await vault.request("POST", "objects/documents/565/attachments/567/versions/2")


async def _restore_of_record(vault: Vault, _: Path) -> None:
    await vault.request("POST", f"vobjects/{SITE[0]}/{SITE[1]}/attachments/571/versions/1")


_NOT_RESTORED: dict[str, Attempt] = dict(
    zip(_both(_RESTORE), (_restore_of_document, _restore_of_record), strict=True)
)
_TOO_LONG: dict[str, Attempt] = {
    "update_document_attachment_description": lambda vault, _: vault.documents.attachments(
        565
    ).update_description(567, "ü" * 1001),
    "update_object_record_attachment_description": lambda vault, _: (
        vault.object_records.attachments(*SITE).update_description(558, "ü" * 1001)
    ),
}

ATTACHMENTS = joined(
    walked(
        "INVALID_DOCUMENT",
        "Document not found {id}",
        lambda sandbox: sandbox.documents.delete(565),
        [
            "determine_if_document_has_attachments",
            *_of("document", (_LIST, *_OF_ONE, _DOWNLOAD_ALL, _ADD)),
        ],
    ),
    walked(
        "MALFORMED_URL",
        "The resource [{resource}] does not exist.",
        lambda sandbox: sandbox.records.delete(*SITE),
        ["list_object_record_attachments"],
    ),
    walked("MALFORMED_URL", _ID, _exchange, _both(*_OF_ONE)),
    walked(
        "MALFORMED_URL",
        _VERSION,
        _renumber,
        # Of deleting a version the reference says so for object records alone.
        [
            *_both(_RETRIEVE_VERSION, _DOWNLOAD_VERSION, _RESTORE),
            "delete_object_record_attachment_version",
        ],
    ),
    walked("MALFORMED_URL", _NONE, _empty, _both(_DOWNLOAD, _DOWNLOAD_VERSION, _DOWNLOAD_ALL)),
    walked("MALFORMED_URL", _DISABLED, _disable, _both(_ADD, _RESTORE, _UPDATE)),
    walked("OPERATION_NOT_ALLOWED", _MANY, _fill, _both(_ADD)),
    walked("OPERATION_NOT_ALLOWED", _LARGE, _shrink, _both(_ADD)),
    by_call("PARAMETER_REQUIRED", "Missing required parameter [restore]", _NOT_RESTORED),
    by_call("INVALID_DATA", _LONG, _TOO_LONG),
)
