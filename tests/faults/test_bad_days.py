"""Each bad day ends in a named error that says what happened to what; nothing is half-written."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from vaultio import (
    DownloadError,
    InvalidArgumentError,
    NotVaultError,
    SessionExpiredError,
    StalledError,
    TargetExistsError,
    TruncatedError,
    UnreadableReplyError,
    Vault,
    VaultError,
    VaultioError,
)
from vaultio.sandbox import GeneratedContent, Sandbox

SIZE = 3_000_000
FILE = "/objects/documents/*/file"
Break = Callable[[Sandbox], object]


def listed(folder: Path) -> list[str]:
    """List the names in a folder."""
    return sorted(item.name for item in folder.iterdir())


@pytest.fixture
def document_id(sandbox: Sandbox) -> int:
    """A document of 3 MB."""
    return sandbox.documents.add("Protocol", GeneratedContent(SIZE), file_name="a.docx")


@pytest.mark.parametrize(
    ("broken", "error"),
    [
        (lambda s: s.faults.cut(after_bytes=1_000_000, path=FILE, count=None), TruncatedError),
        (lambda s: s.faults.wrong_length(1_000_000, path=FILE, count=None), TruncatedError),
        (lambda s: s.faults.json("INVALID_DATA", path=FILE, count=None), VaultError),
        (lambda s: s.faults.failure("INVALID_DATA", path=FILE, count=None), VaultError),
        (lambda s: s.faults.html(path=FILE, count=None), NotVaultError),
        (lambda s: s.faults.empty(path=FILE, count=None), DownloadError),
        (lambda s: s.faults.status(503, path=FILE, count=None), NotVaultError),
        (lambda s: s.faults.stall(1_000_000, 30, path=FILE, count=None), StalledError),
        (lambda s: s.faults.drip(100, path=FILE, count=None), StalledError),
    ],
    ids=["cut", "wrong-length", "json", "failure", "html", "empty", "503", "stall", "drip"],
)
async def test_a_download_that_cannot_succeed(
    hasty: Vault,
    sandbox: Sandbox,
    document_id: int,
    tmp_path: Path,
    broken: Break,
    error: type[VaultioError],
) -> None:
    """A download that never gets its bytes raises its error and leaves an empty folder."""
    broken(sandbox)
    with pytest.raises(error):
        await hasty.documents.download(document_id, to=tmp_path, verify=True)
    assert listed(tmp_path) == []


@pytest.mark.parametrize("ranges", [False, True])
async def test_a_download_that_is_cut_once_arrives(
    hasty: Vault, sandbox: Sandbox, document_id: int, tmp_path: Path, ranges: bool
) -> None:
    """A body that is cut is continued or fetched again, and is right by its MD5."""
    sandbox.settings.ranges = ranges
    sandbox.faults.cut(after_bytes=2_000_000, path=FILE)
    saved = await hasty.documents.download(document_id, to=tmp_path, verify=True)
    assert (saved.size, saved.verified, saved.restarts) == (SIZE, "md5", 0 if ranges else 1)


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


async def test_json_success_in_place_of_a_file(hasty: Vault, sandbox: Sandbox) -> None:
    """A JSON answer is never a file, even one that says SUCCESS."""
    with pytest.raises((UnreadableReplyError, VaultError)):
        async with hasty.documents.renditions(1).open("nothing__v") as stream:
            assert [chunk async for chunk in stream]


async def test_a_cut_stream_says_so(hasty: Vault, sandbox: Sandbox, document_id: int) -> None:
    """Those who read chunk by chunk hear of a cut at its place."""
    arrived = 0

    async def read() -> None:
        nonlocal arrived
        async with hasty.documents.open(document_id) as stream:
            async for chunk in stream:
                arrived += len(chunk)

    sandbox.faults.cut(after_bytes=1_000_000, path=FILE)
    with pytest.raises(TruncatedError):
        await read()
    assert 0 < arrived <= 1_000_000
