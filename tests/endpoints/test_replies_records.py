"""The reference's own example answers about object records, and about attachments written."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.endpoints.test_replies import replayed
from vaultio import AddedAttachment, ObjectRecord

WRITTEN = datetime(2013, 1, 8, 16, 38, 7, tzinfo=UTC)


async def test_collection(tmp_path: Path) -> None:
    """Ids are texts; the page knows how many records there are."""
    page = await replayed("retrieve_object_record_collection", tmp_path)

    assert (len(page), page.total) == (4, 4)
    assert page.items[0] == ObjectRecord(id="1357663087386", name="CholeCap")


async def test_record(tmp_path: Path) -> None:
    """What every object has is an attribute, the rest is in `fields`, null where it is empty."""
    record = await replayed("retrieve_object_record", tmp_path)

    assert record == ObjectRecord(
        id="1357663087386",
        name="CholeCap",
        status=("active__v",),
        created_by=1,
        created_date=WRITTEN,
        modified_by=1,
        modified_date=WRITTEN,
        fields={"abbreviation__vs": "CC", "internal_name__vs": None, "generic_name__vs": None},
    )


@pytest.mark.parametrize(
    ("operation", "attachment_id", "version"),
    [
        ("add_document_attachment", 567, 3),
        ("restore_document_attachment_version", 567, 3),
        ("add_object_record_attachment", 558, 3),
        ("restore_object_record_attachment_version", 571, 2),
    ],
)
async def test_added(operation: str, attachment_id: int, version: int, tmp_path: Path) -> None:
    """The id comes as a text, and is a number as everywhere else; the version is Vault's word."""
    added = await replayed(operation, tmp_path)

    assert added == AddedAttachment(id=attachment_id, version=version)


@pytest.mark.parametrize("what", ["attachment", "attachment_version"])
@pytest.mark.parametrize("owner", ["document", "object_record"])
async def test_deleted(owner: str, what: str, tmp_path: Path) -> None:
    """That it was done is all that is said."""
    assert await replayed(f"delete_{owner}_{what}", tmp_path) is None
    assert await replayed("delete_object_record", tmp_path) is None
