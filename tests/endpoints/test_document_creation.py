"""The five ways to create a document, and what the reference answers to writes."""

from __future__ import annotations

import io
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.endpoints.recording import recorded
from tests.endpoints.test_replies import replayed
from tests.operations import DOCUMENT as FIELDS
from tests.operations import PDF as FILE
from vaultio import (
    DocumentLock,
    FileTooLargeError,
    InvalidDataError,
    OutcomeUnknownError,
    SessionId,
    Vault,
    VersionNumber,
)
from vaultio.protocol.sources import FileSource, Upload
from vaultio.sandbox import Fault, GeneratedContent, Sandbox

CROSSLINK = {"source_vault_id": 2112, "source_document_id": 101}


@pytest.fixture
def sandbox(sandbox: Sandbox) -> Sandbox:
    """Make a vault with document 1 and a template."""
    sandbox.documents.add("Plan", b"first", file_name="Plan.docx")
    sandbox.documents.add_template("promo_doc_template__c", b"template")
    return sandbox


@pytest.mark.parametrize(
    ("operation", "expected"),
    [
        ("create_document_from_uploaded_file", 773),
        ("create_document_from_template", 774),
        ("create_content_placeholder_document", 775),
        ("create_unclassified_document", 776),
        ("create_crosslink_document", 775),
        ("update_document", 29),
        ("update_document_version", 24),
        ("delete_document_version", 24),
        ("create_document_lock", None),
        ("delete_document_lock", None),
        (
            "retrieve_document_lock",
            DocumentLock(locked_by=25496, locked_date=datetime(2013, 4, 9, 18, 1, 9, 0, UTC)),
        ),
    ],
)
async def test_printed_answer(operation: str, expected: object, tmp_path: Path) -> None:
    """The answers that the reference prints are read as what they say."""
    assert await replayed(operation, tmp_path) == expected


@pytest.mark.parametrize("lock", ['{"responseStatus":"SUCCESS"}', '{"lock":{}}', '{"lock":null}'])
async def test_no_lock(lock: str) -> None:
    """A lock that is empty or absent is none; an answer that says nothing is not taken for it."""
    answer = lock if "Status" in lock else '{"responseStatus":"SUCCESS",' + lock[1:]
    transport = httpx.MockTransport(lambda _: httpx.Response(200, text=answer))
    address = "https://myvault.veevavault.com"

    async with Vault(address, SessionId("s"), api_version="v11.0", transport=transport) as vault:
        assert await vault.documents.lock(1).retrieve() is None


@pytest.mark.parametrize("kind", ["path", "text", "bytes", "open", "source"])
async def test_create_takes_any_file(vault: Vault, tmp_path: Path, kind: str) -> None:
    """A file comes from a path, from memory or from an open file, and goes up whole."""
    path = tmp_path / "Prüfplan.docx"
    path.write_bytes(FILE)
    files: dict[str, Upload] = {
        "path": path,
        "text": str(path),
        "bytes": FILE,
        "open": io.BytesIO(FILE),
        "source": FileSource(lambda: io.BytesIO(FILE), path.name),
    }

    document_id = await vault.documents.create(FIELDS, file=files[kind], filename=path.name)

    saved = await vault.documents.download(document_id, to=f"{tmp_path}/out/", verify=True)
    assert (saved.path.name, saved.path.read_bytes()) == (path.name, FILE)


async def test_large_file_there_and_back(vault: Vault, tmp_path: Path) -> None:
    """A file that the sandbox keeps on disk comes back as it went up."""
    content = GeneratedContent(20_000_000, seed=7)
    path = tmp_path / "large.bin"
    path.write_bytes(content.read())

    document_id = await vault.documents.create(FIELDS, file=path)
    saved = await vault.documents.download(document_id, to=f"{tmp_path}/out/", verify=True)

    assert (saved.size, saved.verified) == (content.size, "md5")


async def test_created_document_has_its_fields(vault: Vault) -> None:
    """What was given at creation can be retrieved."""
    document = await vault.documents.retrieve(await vault.documents.create(FIELDS, file=FILE))

    assert (document.name, document.type, document.lifecycle, document.version) == (
        "Gludacta Document",
        "Promotional Piece",
        "Promotional Piece",
        VersionNumber(0, 1),
    )


async def test_create_from_template(vault: Vault, tmp_path: Path) -> None:
    """The template's file is the document's; a template that is not there is refused."""
    document_id = await vault.documents.create_from_template(
        FIELDS, template="promo_doc_template__c"
    )
    saved = await vault.documents.download(document_id, to=tmp_path)

    assert saved.path.read_bytes() == b"template"
    with pytest.raises(InvalidDataError, match="no__c"):
        await vault.documents.create_from_template(FIELDS, template="no__c")


async def test_create_without_a_file_is_multipart_too(sandbox: Sandbox) -> None:
    """A body without a file still has the type that Vault wants."""
    async with recorded(sandbox) as (vault, recorder):
        await vault.documents.create_placeholder(FIELDS)

    (request,) = recorder.requests
    assert request.headers["content-type"].startswith("multipart/form-data; boundary=")
    assert int(request.headers["content-length"]) > 0


async def test_create_unclassified_is_named_after_its_file(vault: Vault) -> None:
    """Without a type the file name is all that a document has."""
    document_id = await vault.documents.create_unclassified(file=FILE, filename="Notes.docx")

    document = await vault.documents.retrieve(document_id)
    assert (document.name, document.type, document.lifecycle) == (
        "Notes.docx",
        "Undefined",
        "Unclassified",
    )


@pytest.mark.parametrize(
    ("binding", "expected"),
    [
        (None, ("Latest Steady State version", None)),
        ("Latest version", ("Latest version", None)),
        (VersionNumber(1, 3), ("Specific Document version", 3)),
    ],
)
async def test_create_crosslink(vault: Vault, binding: Any, expected: tuple[str, Any]) -> None:
    """A CrossLink is bound by a rule or to one version of its source."""
    document_id = await vault.documents.create_crosslink(FIELDS, **CROSSLINK, binding=binding)

    document = await vault.documents.retrieve(document_id)
    assert document.is_crosslink
    assert expected == (
        document.fields["source_binding_rule__v"],
        document.fields.get("bound_source_minor_version__v"),
    )


async def test_lost_answer_creates_once(sandbox: Sandbox) -> None:
    """A create whose answer was lost is not sent again: there would be two documents."""
    sandbox.faults.add(Fault(kind="lost_answer", method="POST", path="*/objects/documents"))

    async with recorded(sandbox) as (vault, recorder):
        with pytest.raises(OutcomeUnknownError):
            await vault.documents.create(FIELDS, file=FILE)

    assert (len(recorder.requests), len(sandbox.documents)) == (1, 2)


async def test_file_beyond_the_limit_is_not_sent(sandbox: Sandbox) -> None:
    """More than 4 GiB are refused before anything goes out."""
    source = FileSource(lambda: io.BytesIO(), "huge.zip", lambda: 4 * 1024**3 + 1)

    async with recorded(sandbox) as (vault, recorder):
        with pytest.raises(FileTooLargeError, match=r"huge\.zip"):
            await vault.documents.create(FIELDS, file=source)

    assert recorder.requests == []


async def test_progress(vault: Vault) -> None:
    """Progress says how many bytes of the file are out, and of how many."""
    seen: list[tuple[int, int | None]] = []

    await vault.documents.create(
        FIELDS, file=b"x" * 3_000_000, progress=lambda sent, size: seen.append((sent, size))
    )

    assert seen[-1] == (3_000_000, 3_000_000)
    assert [sent for sent, _ in seen] == sorted({sent for sent, _ in seen})
