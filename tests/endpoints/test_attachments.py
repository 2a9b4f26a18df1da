"""Attachments: one class, two owners; whatever holds for documents holds for object records."""

from __future__ import annotations

import zipfile
from pathlib import Path

import pytest

from tests.endpoints.recording import examples, path_of
from vaultio import NotFoundError, Vault
from vaultio.endpoints.parts import Attachments

DOCUMENT, RECORD = "objects/documents/565", "vobjects/site__v/1357752909483"
MAPS = {DOCUMENT: 566, RECORD: 571}
LISTS = {DOCUMENT: 567, RECORD: 558}
owners = pytest.mark.parametrize("owner", [DOCUMENT, RECORD])


def attachments_of(vault: Vault, owner: str) -> Attachments:
    """Enter the attachments of a document or a record."""
    if owner == DOCUMENT:
        return vault.documents.attachments(565)
    return vault.object_records.attachments("site__v", "1357752909483")


@owners
async def test_list(owner: str) -> None:
    """All attachments, each at its latest version with links to all."""
    async with examples("v11.0") as (vault, recorder, _):
        found = await attachments_of(vault, owner).retrieve_all()

    latest = {one.id: (one.version, len(one.versions)) for one in found}
    assert latest[LISTS[owner]] == (3, 3)
    assert path_of(recorder.requests[0]) == f"/api/v11.0/{owner}/attachments"


@owners
async def test_one_version(owner: str, tmp_path: Path) -> None:
    """A version's metadata and its file are that version's."""
    async with examples("v11.0") as (vault, _, _):
        attachments = attachments_of(vault, owner)
        described = await attachments.retrieve_version(LISTS[owner], 2)
        known = described.checksum
        saved = await attachments.download_version(LISTS[owner], 2, to=tmp_path, verify=known)

    assert (described.version, described.size, described.md5) == (2, saved.size, saved.md5)


@owners
async def test_latest(owner: str, tmp_path: Path) -> None:
    """The latest version is the last of the list, and its file is verified if asked for."""
    async with examples("v11.0") as (vault, recorder, _):
        attachments = attachments_of(vault, owner)
        versions = await attachments.retrieve_versions(LISTS[owner])
        saved = await attachments.download(LISTS[owner], to=tmp_path, verify=True)

    assert [one.version for one in versions] == [1, 2, 3]
    assert (saved.path.read_text()[-2:], saved.verified) == (" 2", "md5")
    assert len(recorder.requests) == 3


@owners
async def test_all_in_one_archive(owner: str, tmp_path: Path) -> None:
    """The latest version of each, in one ZIP."""
    async with examples("v11.0") as (vault, _, _):
        saved = await attachments_of(vault, owner).download_all(to=tmp_path)

    with zipfile.ZipFile(saved.path) as archive:
        assert len(archive.namelist()) == 2
    assert saved.path.suffix == ".zip"


@owners
async def test_as_streams(owner: str) -> None:
    """Each file can be had chunk by chunk, without a disk."""
    async with examples("v11.0") as (vault, _, _):
        attachments = attachments_of(vault, owner)
        async with attachments.open(MAPS[owner]) as latest:
            name, chunks = latest.name, [chunk async for chunk in latest]
        async with attachments.open_version(LISTS[owner], 1) as version:
            first = [chunk async for chunk in version]
        async with attachments.open_all() as archive:
            zipped = b"".join([chunk async for chunk in archive])

    assert (name, b"".join(first)[-2:]) == ("Site Area Map.png", b" 0")
    assert (bool(chunks), zipped[:4]) == (True, b"PK\x03\x04")


async def test_record_id_is_one_segment(vault: Vault) -> None:
    """A record's id is a text; whatever is in it, it leads to no other address."""
    with pytest.raises(NotFoundError, match=r"\.\./documents"):
        await vault.object_records.attachments("../documents", "565").retrieve_all()
