"""An answer that belongs to another request, garbage behind a body: never delivered.

So it is where the server echoes the request's id; the connection is not used again.
"""

from __future__ import annotations

import asyncio

import pytest

from tests.faults.tools.proxy import Course, CuttingProxy
from tests.transport.server import DOCUMENT, SUCCESS, answers, calls, client
from vaultio import OutcomeUnknownError, SwappedReplyError, Vault
from vaultio.sandbox import Sandbox
from vaultio.sandbox.raw import RawRequest, RawServer, Reaction, Send, Wait, reply

ID = "X-VaultAPI-ReferenceId"


def echoing(request: RawRequest) -> bytes:
    """Answer with the document that was asked for, and echo the request's id."""
    number = int(request.target.rpartition("/")[2])
    body = {"responseStatus": "SUCCESS", "document": {"id": number}}
    return reply(body, headers={ID: request.headers[ID.lower()]})


async def numbers(vault: Vault, wanted: range) -> list[object]:
    """Ask for many documents at once; what comes is their ids, or errors."""
    found = await asyncio.gather(
        *(vault.documents.retrieve(one) for one in wanted), return_exceptions=True
    )
    return [one if isinstance(one, BaseException) else one.id for one in found]


async def test_answers_that_are_swapped_on_the_way() -> None:
    """Two calls at once get each other's answers, again and again: neither is delivered."""
    async with RawServer(echoing) as server:
        async with CuttingProxy(server.url, Course(answers="swapped")) as proxy:
            async with client(proxy, {"max_tries": 2}, password=False) as vault:
                first, second = await numbers(vault, range(1, 3))
    assert (type(first), type(second)) == (SwappedReplyError, SwappedReplyError)


async def test_answers_that_were_swapped_once_are_asked_for_again() -> None:
    """On new connections everybody gets his own."""
    async with RawServer(echoing) as server:
        courses = [Course(answers="swapped")] * 2 + [Course()]
        async with CuttingProxy(server.url, courses) as proxy:
            async with client(proxy, password=False) as vault:
                assert await numbers(vault, range(1, 3)) == [1, 2]
    assert proxy.connections > 2


@pytest.mark.usefixtures("own_wire")
@pytest.mark.parametrize("calls_at_once", [1, 20])
async def test_answers_given_twice(sandbox: Sandbox, calls_at_once: int) -> None:
    """The second copy is nobody's: each call gets its own answer, however many there are."""
    wanted = [sandbox.documents.add("Protocol") for _ in range(20)]
    async with sandbox.serve() as url, CuttingProxy(url, Course(answers="twice")) as proxy:
        async with client(proxy, {"concurrency": 4}) as vault:
            for start in range(0, 20, calls_at_once):
                part = wanted[start : start + calls_at_once]
                assert await numbers(vault, range(part[0], part[-1] + 1)) == part
    assert proxy.connections > 20  # one each


@pytest.mark.usefixtures("own_wire")
@pytest.mark.parametrize("garbage", [b"\0", b"\r\n", SUCCESS, b"HTTP/1.1 200 OK\r\nConte"])
async def test_garbage_behind_an_answer(garbage: bytes) -> None:
    """Be it an answer of its own: the connection is dropped, the next call takes another."""
    course = Course(garbage=garbage, garbage_after=len(DOCUMENT))
    async with RawServer(answers(DOCUMENT)) as server:
        async with CuttingProxy(server.url, [course, Course()]) as proxy:
            async with client(proxy, password=False) as vault:
                for _ in range(3):
                    assert (await vault.documents.retrieve(7)).id == 7
    assert (proxy.connections, len(server.requests)) == (2, 3)


@pytest.mark.parametrize("garbage", [b"\0", SUCCESS])
async def test_garbage_that_comes_later(garbage: bytes) -> None:
    """What lies on a connection before anything was asked for is seen before it is used."""
    late: Reaction = [Send(DOCUMENT), Wait(0.05), Send(garbage)]
    async with RawServer(answers(late, DOCUMENT)) as server:
        async with client(server, {"max_tries": 1}, password=False) as vault:
            await vault.documents.retrieve(7)
            await asyncio.sleep(0.3)
            assert (await vault.documents.retrieve(7)).id == 7
    assert [one.connection for one in calls(server)] == [1, 2]


@pytest.mark.parametrize("body", [b"", b'{"responseStatus": "SUCCESS"}'])
async def test_the_connection_of_a_swapped_answer_is_not_used_again(body: bytes) -> None:
    """Even where nothing of the answer is left on it: what comes next may be another's too."""
    wrong = reply(body, headers={ID: "of another", "Content-Type": "application/json"})

    def react(request: RawRequest) -> Reaction:
        return wrong if request.connection == 1 else echoing(request)

    async with RawServer(react) as server, client(server, password=False) as vault:
        assert (await vault.documents.retrieve(7)).id == 7
    assert [one.connection for one in calls(server)] == [1, 2]


async def test_a_start_whose_answer_was_swapped() -> None:
    """It may have been carried out: that is said, and it is not sent again."""
    wrong = reply({"responseStatus": "SUCCESS"}, headers={ID: "of another"})
    async with RawServer(answers(wrong, SUCCESS)) as server, client(server) as vault:
        with pytest.raises(OutcomeUnknownError, match="look before you repeat it") as caught:
            await vault.documents.version(7, 0, 1).lifecycle_actions.initiate("approve")
    assert len(calls(server)) == 1
    assert caught.value.reference_id == calls(server)[0].headers[ID.lower()]


@pytest.mark.parametrize("kind", ["json", "file"])
async def test_a_swapped_answer_is_never_delivered(kind: str) -> None:
    """A server that only gives other requests' answers yields an error, not their data."""
    body = {"responseStatus": "SUCCESS", "document": {"id": 8}}
    headers = {ID: "of another"}
    if kind == "file":
        headers["Content-Disposition"] = 'attachment;filename="a.json"'
    async with RawServer(answers(reply(body, headers=headers))) as server:
        async with client(server, {"max_tries": 2}) as vault:
            with pytest.raises(SwappedReplyError):
                await (vault.documents.retrieve(7) if kind == "json" else read(vault))


async def read(vault: Vault) -> list[bytes]:
    """Read a file."""
    async with vault.documents.open(7) as stream:
        return [chunk async for chunk in stream]
