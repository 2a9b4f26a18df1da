"""Mocks of the HTTP library work: a user's own tests may answer with respx."""

from __future__ import annotations

import gzip
from pathlib import Path

import httpx
import pytest
import respx

from vaultio import ConnectionLostError, NotFoundError, SessionId, TruncatedError, Vault

URL = "https://myvault.veevavault.com"
API = f"{URL}/api/v11.0"
FILE = {"Content-Type": "application/octet-stream", "Content-Disposition": 'x; filename="a.bin"'}


def client() -> Vault:
    """Open a client whose calls respx catches."""
    return Vault(URL, SessionId("S-0"), api_version="v11.0")


@respx.mock
async def test_a_json_answer() -> None:
    """A mocked answer is read like any other."""
    answer = {"responseStatus": "SUCCESS", "document": {"id": 7}}
    respx.get(f"{API}/objects/documents/7").respond(json=answer)
    async with client() as vault:
        assert (await vault.documents.retrieve(7)).id == 7


@respx.mock
async def test_a_failure() -> None:
    """A mocked failure raises its error."""
    errors = [{"type": "INVALID_DOCUMENT", "message": "Document not found 7"}]
    answer = {"responseStatus": "FAILURE", "errors": errors}
    respx.get(f"{API}/objects/documents/7").respond(json=answer)
    async with client() as vault:
        with pytest.raises(NotFoundError):
            await vault.documents.retrieve(7)


@respx.mock
async def test_a_file(tmp_path: Path) -> None:
    """A mocked file is saved and its length checked."""
    respx.get(f"{API}/objects/documents/7/file").respond(content=b"the file", headers=FILE)
    async with client() as vault:
        saved = await vault.documents.download(7, to=tmp_path)
    assert (saved.path.read_bytes(), saved.verified) == (b"the file", "length")


@respx.mock
async def test_a_file_of_the_wrong_length(tmp_path: Path) -> None:
    """A mocked body that is shorter than announced is not a file."""
    headers = {**FILE, "Content-Length": "100"}
    respx.get(f"{API}/objects/documents/7/file").respond(content=b"short", headers=headers)
    async with client() as vault:
        with pytest.raises((TruncatedError, ConnectionLostError)):
            await vault.with_options(timeout_s=5).documents.download(7, to=tmp_path)


@respx.mock
async def test_a_compressed_answer() -> None:
    """A mocked answer that the library has unpacked already is not unpacked again."""
    body = gzip.compress(b'{"responseStatus": "SUCCESS", "document": {"id": 7}}')
    headers = {"Content-Encoding": "gzip", "Content-Type": "application/json"}
    respx.get(f"{API}/objects/documents/7").respond(content=body, headers=headers)
    async with client() as vault:
        assert (await vault.documents.retrieve(7)).id == 7


async def test_a_mock_transport() -> None:
    """A transport given by hand may answer with finished responses."""
    answer = {"responseStatus": "SUCCESS", "document": {"id": 7}}
    transport = httpx.MockTransport(lambda _: httpx.Response(200, json=answer))
    vault = Vault(URL, SessionId("S-0"), api_version="v11.0", transport=transport)
    async with vault:
        assert (await vault.documents.retrieve(7)).id == 7
