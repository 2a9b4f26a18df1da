"""What only a real connection shows, over uvicorn on loopback."""

from __future__ import annotations

import asyncio
import hashlib

import httpx
import pytest

from tests.sandbox.conftest import API
from vaultio.sandbox import GeneratedContent, Sandbox


async def test_a_large_file_is_chunked(remote: httpx.AsyncClient, sandbox: Sandbox) -> None:
    """Without a length the body is chunked, and arrives whole."""
    content = GeneratedContent(3_000_000, seed=4)
    document_id = sandbox.documents.add(content=content)

    answer = await remote.get(f"{API}/objects/documents/{document_id}/file")

    assert answer.headers["transfer-encoding"] == "chunked"
    assert hashlib.md5(answer.content).hexdigest() == content.md5


async def test_the_server_stops_when_nobody_reads(
    remote: httpx.AsyncClient, sandbox: Sandbox
) -> None:
    """A reader that stops holds the sandbox back: only buffers are filled."""
    document_id = sandbox.documents.add(content=200_000_000)

    async with remote.stream("GET", f"{API}/objects/documents/{document_id}/file") as answer:
        await anext(answer.aiter_raw())

    assert sandbox.bytes_produced < 40_000_000


async def test_small_answers_are_not_held_back(remote: httpx.AsyncClient) -> None:
    """Fifty calls on one connection take no 40 ms each, as they would with Nagle's algorithm."""
    began = asyncio.get_running_loop().time()

    for _ in range(50):
        await remote.post(f"{API}/keep-alive")

    assert asyncio.get_running_loop().time() - began < 1.5


async def test_a_reader_that_leaves_frees_its_session(
    remote: httpx.AsyncClient, sandbox: Sandbox
) -> None:
    """A download that nobody finishes does not keep its session in use for ever."""
    document_id = sandbox.documents.add(content=50_000_000)

    async with remote.stream("GET", f"{API}/objects/documents/{document_id}/file") as answer:
        await anext(answer.aiter_raw())
        session = sandbox.sessions.find(remote.headers["Authorization"])
        assert session is not None
        assert session.open_calls == 1

    async with asyncio.timeout(5):
        while session.open_calls:  # noqa: ASYNC110 - what ends it is on the other side
            await asyncio.sleep(0.01)


async def test_links_name_the_host_that_was_called(
    remote: httpx.AsyncClient, sandbox: Sandbox
) -> None:
    """On 127.0.0.1 the addresses in answers lead back to 127.0.0.1."""
    document_id = sandbox.documents.add()

    body = (await remote.get(f"{API}/objects/documents/{document_id}/versions")).json()

    assert body["versions"][0]["value"].startswith(str(remote.base_url))


@pytest.mark.parametrize("kind", ["cut", "wrong_length"])
async def test_a_cut_body(remote: httpx.AsyncClient, sandbox: Sandbox, kind: str) -> None:
    """The client sees that the body is not whole, with a length or without."""
    document_id = sandbox.documents.add(content=1_000_000)
    headers = {"X-Sandbox-Fault": f"{kind}; after_bytes=100000"}

    with pytest.raises(httpx.RemoteProtocolError, match="without sending complete message body"):
        await remote.get(f"{API}/objects/documents/{document_id}/file", headers=headers)


async def test_a_drip(remote: httpx.AsyncClient, sandbox: Sandbox) -> None:
    """A slow body is slow on the wire too."""
    document_id = sandbox.documents.add(content=1000)
    sandbox.faults.drip(bytes_per_second=10_000)

    answer = await remote.get(f"{API}/objects/documents/{document_id}/file")

    assert answer.elapsed.total_seconds() >= 0.09


async def test_a_stall_does_not_hold_up_the_end(
    remote: httpx.AsyncClient, sandbox: Sandbox
) -> None:
    """A stalled body runs into the client's timeout, and the server still shuts down."""
    document_id = sandbox.documents.add(content=1_000_000)
    sandbox.faults.stall(after_bytes=1000)

    with pytest.raises(httpx.ReadTimeout):
        await remote.get(f"{API}/objects/documents/{document_id}/file", timeout=0.2)


async def test_a_lost_answer(remote: httpx.AsyncClient, sandbox: Sandbox) -> None:
    """What was asked for is done, and the answer never comes."""
    document_id = sandbox.documents.add()
    sandbox.faults.lost_answer()

    with pytest.raises(httpx.RemoteProtocolError):
        await remote.get(f"{API}/objects/documents/{document_id}/file?lockDocument=true")

    assert sandbox.documents[document_id].locked_by is not None
