"""What is sent again, and what never is."""

from __future__ import annotations

import anyio
import pytest

from tests.transport.server import DOCUMENT, SUCCESS, answers, calls, client, failure
from vaultio import (
    ConflictError,
    ConnectionLostError,
    NotFoundError,
    OutcomeUnknownError,
    Vault,
    VaultServerError,
)
from vaultio.sandbox.raw import Close, RawServer, Reaction, Reset, Send, Wait, reply

GATEWAY = reply(b"<html>Bad gateway", status=502, headers={"Content-Type": "text/html"})
EXCEPTION = reply({"responseStatus": "EXCEPTION", "errors": [{"type": "UNEXPECTED_ERROR"}]})


async def start(vault: Vault) -> object:
    """Start an action: a request that must not be sent twice."""
    return await vault.documents.version(7, 0, 1).lifecycle_actions.initiate("approve")


@pytest.mark.parametrize(
    "trouble",
    [
        [Close()],
        [Reset()],
        [Send(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{"), Close()],
        [Send(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\n{\r\n"), Close()],
        [Send(b"not HTTP at all\r\n\r\n"), Close()],
        GATEWAY,
        EXCEPTION,
        failure("RACE_CONDITION"),
        reply({"responseStatus": "SUCCESS"}, headers={"X-VaultAPI-ReferenceId": "of another"}),
    ],
)
async def test_a_read_is_sent_again(trouble: Reaction) -> None:
    """A read whose answer is lost, damaged or a gateway's is repeated, and succeeds."""
    async with RawServer(answers(trouble, DOCUMENT)) as server, client(server) as vault:
        assert (await vault.documents.retrieve(7)).id == 7
    assert len(calls(server)) == 2


@pytest.mark.parametrize(
    "trouble",
    [
        [Close()],
        [Reset()],
        [Send(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{"), Close()],
        GATEWAY,
        reply({"responseStatus": "SUCCESS"}, headers={"X-VaultAPI-ReferenceId": "of another"}),
    ],
)
async def test_a_start_is_never_sent_twice(trouble: Reaction) -> None:
    """When the answer to the start of an action is lost, that is said; nothing is repeated."""
    async with RawServer(answers(trouble, SUCCESS)) as server, client(server) as vault:
        with pytest.raises(OutcomeUnknownError, match="look before you repeat it") as caught:
            await start(vault)
    assert len(calls(server)) == 1
    assert caught.value.reference_id == calls(server)[0].headers["x-vaultapi-referenceid"]


async def test_an_idle_connection_that_the_server_closed_is_no_failure() -> None:
    """A read over a connection that was closed while idle goes out on a new one."""

    def react_and_close() -> Reaction:
        return [Send(DOCUMENT), Wait(0.05), Close()]

    async with RawServer(answers(react_and_close(), DOCUMENT)) as server, client(server) as vault:
        await vault.documents.retrieve(7)
        await anyio.sleep(0.1)
        assert (await vault.documents.retrieve(7)).id == 7


async def test_a_delete_whose_answer_was_lost_says_so() -> None:
    """A delete that finds nothing at its second try may have done it at its first."""
    gone = failure("INVALID_DOCUMENT", "Document not found 7")
    async with RawServer(answers([Close()], gone)) as server, client(server) as vault:
        with pytest.raises(NotFoundError) as caught:
            await vault.documents.delete(7)
    assert "an earlier try was lost" in caught.value.__notes__[0]


async def test_tries_are_bounded() -> None:
    """A read that never succeeds is sent `max_tries` times, and the error is the last one's."""
    async with (
        RawServer(answers([Reset()])) as server,
        client(server, {"max_tries": 3}) as vault,
    ):
        with pytest.raises(ConnectionLostError):
            await vault.documents.retrieve(7)
    assert len(calls(server)) == 3


async def test_an_exception_on_a_write_is_raised() -> None:
    """Vault's own trouble with a write is not answered with the same write again."""
    async with RawServer(answers(EXCEPTION, SUCCESS)) as server, client(server) as vault:
        with pytest.raises(VaultServerError):
            await start(vault)
    assert len(calls(server)) == 1


async def test_a_conflict_is_tried_once_more() -> None:
    """Something that stays in conflict fails after one more try."""
    async with RawServer(answers(failure("OPERATION_IN_PROGRESS"))) as server:
        async with client(server) as vault:
            with pytest.raises(ConflictError):
                await vault.documents.retrieve(7)
    assert len(calls(server)) == 2
