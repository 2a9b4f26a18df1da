"""What is sent again, and what never is."""

from __future__ import annotations

import gzip

import anyio
import pytest

from tests.transport.server import DOCUMENT, SUCCESS, answers, calls, client, failure
from vaultio import (
    ConflictError,
    ConnectionFailedError,
    ConnectionLostError,
    DeadlineError,
    DowntimeError,
    NotFoundError,
    NotVaultError,
    OutcomeUnknownError,
    SessionId,
    SwappedReplyError,
    UnreadableReplyError,
    Vault,
    VaultError,
    VaultServerError,
)
from vaultio.sandbox.raw import Close, RawServer, Reaction, Reset, Send, Wait, reply

HTML = reply(b"<html><h1>Sign in</h1>", headers={"Content-Type": "text/html"})
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


async def test_an_unknown_host_names_itself() -> None:
    """A host that nobody knows is an error that names it."""
    unknown = Vault("https://nobody.invalid", SessionId("S-0"), api_version="v11.0")
    async with unknown:
        with pytest.raises(ConnectionFailedError, match=r"nobody\.invalid"):
            await unknown.documents.retrieve(7)


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


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        (HTML, "text/html that begins '<html><h1>Sign in</h1>'"),
        (reply(b""), "empty body"),
        (reply(b'{"responseStatus": "SUC'), "no content type"),
        (reply(b"[1, 2]", headers={"Content-Type": "application/json"}), r"\[1, 2\]"),
        (reply(b"", status=302, headers={"Location": "https://evil.example/x"}), "evil.example"),
        (reply(b"x" * 9, headers={"Content-Type": "image/png"}), "image/png"),
    ],
)
async def test_what_is_not_vaults_is_said_to_be(answer: bytes, reason: str) -> None:
    """An answer that Vault cannot have given is an error that shows how it begins."""
    async with RawServer(answers(answer)) as server, client(server) as vault:
        with pytest.raises(NotVaultError, match=reason):
            await vault.documents.retrieve(7)
    assert len(calls(server)) == 1


async def test_maintenance_says_for_how_long() -> None:
    """A vault that is down says for about how many minutes."""
    header = {"X-VaultAPI-DowntimeExpectedDurationMinutes": "90"}
    async with RawServer(answers(reply(b"down", status=503, headers=header))) as server:
        async with client(server) as vault:
            with pytest.raises(DowntimeError, match="90 minutes") as caught:
                await vault.documents.retrieve(7)
    assert (caught.value.expected_minutes, len(calls(server))) == (90, 1)


async def test_a_call_ends_with_its_deadline() -> None:
    """A call that is not answered ends in time, whatever is retried in it."""
    async with RawServer(answers([Wait(60)])) as server:
        async with client(server, {"timeout_s": 0.3}) as vault:
            with anyio.fail_after(5), pytest.raises(DeadlineError, match=r"0\.3 s"):
                await vault.documents.retrieve(7)


async def test_an_endless_answer_ends_with_the_deadline() -> None:
    """An answer that comes drop by drop ends in time too."""
    drip = [Send(b"HTTP/1.1 200 OK\r\nContent-Length: 9999\r\n\r\n"), Send(b"{" * 9999, 20)]
    async with RawServer(answers(drip)) as server, client(server, {"timeout_s": 0.5}) as vault:
        with anyio.fail_after(5), pytest.raises(DeadlineError):
            await vault.documents.retrieve(7)


async def test_a_swapped_answer_is_never_delivered() -> None:
    """A server that only gives other requests' answers yields an error, not their data."""
    swapped = reply(
        {"responseStatus": "SUCCESS", "document": {"id": 8}},
        headers={"X-VaultAPI-ReferenceId": "another"},
    )
    async with RawServer(answers(swapped)) as server, client(server) as vault:
        with pytest.raises(SwappedReplyError):
            await vault.documents.retrieve(7)


async def test_a_bomb_meets_its_cap() -> None:
    """A small answer that unpacks to more than the cap is refused."""
    bomb = gzip.compress(b" " * 4_000_000)
    headers = {"Content-Encoding": "gzip", "Content-Type": "application/json"}
    async with RawServer(answers(reply(bomb, headers=headers))) as server:
        async with client(server, {"max_json_bytes": 1_000_000}) as vault:
            with pytest.raises(NotVaultError, match="max_json_bytes"):
                await vault.documents.retrieve(7)


async def test_an_answer_of_another_shape_names_the_field() -> None:
    """A field of the wrong kind is an error that says where it stands."""
    odd = reply({"responseStatus": "SUCCESS", "document": {"id": [1]}})
    async with RawServer(answers(odd)) as server, client(server) as vault:
        with pytest.raises(UnreadableReplyError, match=r"document\.id"):
            await vault.documents.retrieve(7)


async def test_an_outage_is_not_multiplied() -> None:
    """While nothing works, retries add little: at most a budget beyond the calls offered."""
    async with RawServer(answers(GATEWAY)) as server, client(server) as vault:
        for _ in range(100):
            with pytest.raises(NotVaultError):
                await vault.documents.retrieve(7)
    assert len(calls(server)) <= 110


async def test_a_failure_with_another_status_is_vaults() -> None:
    """A FAILURE under any HTTP status is Vault's word."""
    odd = reply(
        {"responseStatus": "FAILURE", "errors": [{"type": "INVALID_DATA", "message": "bad"}]},
        status=400,
    )
    async with RawServer(answers(odd)) as server, client(server) as vault:
        with pytest.raises(VaultError, match="bad") as caught:
            await vault.documents.retrieve(7)
    assert caught.value.http_status == 400
