"""Each bad day ends in a named error that says what happened to what; nothing is half-written."""

from __future__ import annotations

from pathlib import Path

import pytest

from vaultio import (
    InvalidArgumentError,
    SessionExpiredError,
    TargetExistsError,
    Vault,
    VaultError,
)
from vaultio.sandbox import GeneratedContent, Sandbox

SIZE = 3_000_000
FILE = "/objects/documents/*/file"


def listed(folder: Path) -> list[str]:
    """List the names in a folder."""
    return sorted(item.name for item in folder.iterdir())


@pytest.fixture
def document_id(sandbox: Sandbox) -> int:
    """A document of 3 MB."""
    return sandbox.documents.add("Protocol", GeneratedContent(SIZE), file_name="a.docx")


async def test_a_session_that_ends_under_load(
    hasty: Vault, sandbox: Sandbox, document_id: int, tmp_path: Path
) -> None:
    """A session that ends between two downloads is renewed, unseen by the caller."""
    await hasty.documents.download(document_id, to=tmp_path / "first.bin")
    sandbox.sessions.end_all()
    saved = await hasty.documents.download(document_id, to=tmp_path / "second.bin")
    assert saved.size == SIZE


async def test_a_session_that_ends_with_every_call(hasty: Vault, sandbox: Sandbox) -> None:
    """A vault that forgets every session at once gives up with a named error."""
    sandbox.faults.end_session(count=None)
    with pytest.raises(SessionExpiredError):
        await hasty.documents.retrieve(1)


@pytest.mark.parametrize(
    "name", ["../../x", "/etc/passwd", "a\\..\\b", "nul\x00.txt", "CON.txt", "é" * 300, "..", ""]
)
async def test_a_hostile_name_stays_in_the_folder(
    hasty: Vault, sandbox: Sandbox, document_id: int, tmp_path: Path, name: str
) -> None:
    """Whatever the server calls the file, one file lies in the folder that was given."""
    sandbox.faults.file_name(name, path=FILE)
    saved = await hasty.documents.download(document_id, to=f"{tmp_path}/in/")
    assert listed(tmp_path / "in") == [saved.path.name]
    assert len(saved.path.name.encode()) <= 240


async def test_an_existing_target_costs_no_call(
    hasty: Vault, sandbox: Sandbox, document_id: int, tmp_path: Path
) -> None:
    """A file that is there already is an error before anything is sent."""
    target = tmp_path / "a.docx"
    target.write_bytes(b"mine")
    with pytest.raises(TargetExistsError, match=r"a\.docx"):
        await hasty.documents.download(document_id, to=target)
    assert (target.read_bytes(), sandbox.quota.calls) == (b"mine", 0)


async def test_a_document_without_a_file(hasty: Vault, sandbox: Sandbox, tmp_path: Path) -> None:
    """A placeholder has nothing to download, and Vault's word for that arrives."""
    placeholder = sandbox.documents.add("Placeholder", None)
    with pytest.raises(VaultError):
        await hasty.documents.download(placeholder, to=tmp_path)
    assert listed(tmp_path) == []


async def test_values_that_cannot_be_meant_cost_no_call(hasty: Vault, sandbox: Sandbox) -> None:
    """An empty id, a negative id and a negative limit are refused before anything is sent."""
    with pytest.raises(InvalidArgumentError):
        await hasty.object_records.attachments("site__v", "").retrieve_all()
    with pytest.raises(InvalidArgumentError):
        await hasty.documents.retrieve(-1)
    with pytest.raises(InvalidArgumentError):
        await hasty.documents.retrieve_all(limit=-1)
    assert sandbox.quota.calls == 0
