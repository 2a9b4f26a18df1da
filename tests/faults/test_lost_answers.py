"""A connection that is closed in the moment a call goes out on it, or before the answer came.

Reads and repeatable writes are sent once more; creates are an `OutcomeUnknownError`, or decided by
a `verify=` hook. Exactly one record exists.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from contextlib import nullcontext
from typing import Any

import anyio
import pytest

from tests.faults.tools.proxy import Course, CuttingProxy
from tests.transport.server import DOCUMENT, answers, calls, client
from vaultio import OutcomeUnknownError, Vault
from vaultio.sandbox import Sandbox
from vaultio.sandbox.raw import Close, RawRequest, RawServer, Reaction, Reset, Step, reply

FIELDS: dict[str, Any] = {
    "name__v": "Sampling",
    "type__v": "SOP",
    "lifecycle__v": "General Lifecycle",
    "major_version_number__v": 0,
    "minor_version_number__v": 1,
    "external_id__v": "SOP-0117",
}
FILE = b"x" * 200_000
DETAILS = {"pagesize": 1000, "pageoffset": 0, "size": 0, "total": 0}
EMPTY = reply({"responseStatus": "SUCCESS", "responseDetails": DETAILS, "data": []})
FOUND = "SELECT id FROM documents WHERE external_id__v = 'SOP-0117'"


def idle_closing(end: Step) -> Callable[[RawRequest], Reaction]:
    """Answer one document on each connection; the next call there meets its end."""
    used = set[int]()

    def react(request: RawRequest) -> Reaction:
        if request.connection in used:
            return [end]
        if "/documents" in request.target:
            used.add(request.connection)
            return DOCUMENT
        return answers(EMPTY)(request)

    return react


@pytest.mark.parametrize("end", [Close(), Reset()])
@pytest.mark.parametrize(
    ("call", "times"),
    [
        (lambda vault: vault.documents.retrieve(7), 2),
        (lambda vault: vault.query("SELECT id FROM documents").all(), 2),
        (lambda vault: vault.documents.lock(7).delete(), 2),
        (lambda vault: vault.documents.version(7, 0, 1).lifecycle_actions.initiate("a"), 1),
    ],
    ids=["read", "query by POST", "repeatable write", "start"],
)
async def test_an_idle_connection_that_closes_under_a_call(
    end: Step, call: Callable[[Vault], Awaitable[object]], times: int
) -> None:
    """What may be sent again is, once and on a new connection; a start is not."""
    async with RawServer(idle_closing(end)) as server, client(server, password=False) as vault:
        await vault.documents.retrieve(7)
        is_a_start = pytest.raises(OutcomeUnknownError) if times == 1 else nullcontext()
        with is_a_start:
            await call(vault)
        assert [one.connection for one in calls(server)[1:]] == [1, 2][:times]


def losing(sandbox: Sandbox, how: str) -> Course:
    """Have the answer to the create lost, or the create itself; returns a connection's course."""
    match = {"method": "POST", "path": "/objects/documents"}
    if how == "answer lost":
        sandbox.faults.lost_answer(**match)
    elif how == "at the gateway":
        sandbox.faults.status(502, **match)
    return Course(up_bytes=50_000, end="reset") if how == "cut on its way" else Course()


HOWS = ("answer lost", "at the gateway", "cut on its way")


async def create(vault: Vault) -> int:
    """Create the document."""
    return await vault.documents.create(FIELDS, file=FILE, filename="sampling.txt")


@pytest.mark.parametrize("how", HOWS)
async def test_a_create_is_sent_once(sandbox: Sandbox, how: str) -> None:
    """Without a hook it is said that nobody knows."""
    course = losing(sandbox, how)
    async with sandbox.serve() as url, CuttingProxy(url, [course, Course()]) as proxy:
        async with client(proxy) as vault:
            with pytest.raises(OutcomeUnknownError, match="look before you repeat it"):
                await create(vault)
            assert len((await vault.query(FOUND)).items) == (how == "answer lost")


@pytest.mark.parametrize("how", HOWS)
async def test_a_hook_decides(sandbox: Sandbox, how: str) -> None:
    """It looks; what it finds is the result, what it does not find is sent again: one record."""
    course, seen = losing(sandbox, how), list[str]()

    async with sandbox.serve() as url, CuttingProxy(url, [course, Course()]) as proxy:
        async with client(proxy) as vault:

            async def made(error: OutcomeUnknownError) -> int | None:
                seen.append(error.request)
                found = await vault.query(FOUND)
                return found.items[0]["id"] if found.items else None

            document_id = await create(vault.with_options(verify=made))
            assert [row["id"] for row in (await vault.query(FOUND)).items] == [document_id]
    assert seen == ["POST objects/documents"]


async def test_a_hook_that_never_finds_anything() -> None:
    """The call is sent `max_tries` times, then the error is the caller's."""

    async def look(_: OutcomeUnknownError) -> None:
        await anyio.lowlevel.checkpoint()

    async with RawServer(answers([Reset()])) as server:
        async with client(server, {"max_tries": 3}) as vault:
            with pytest.raises(OutcomeUnknownError):
                await create(vault.with_options(verify=look))
    assert len(calls(server)) == 3


async def test_a_hook_that_fails() -> None:
    """What it raises is what the call raises; nothing is sent again."""

    async def look(error: OutcomeUnknownError) -> None:
        raise LookupError(error.reference_id)

    async with RawServer(answers([Reset()])) as server, client(server) as vault:
        with pytest.raises(LookupError) as caught:
            await create(vault.with_options(verify=look))
    (call,) = calls(server)
    assert caught.value.args == (call.headers["x-vaultapi-referenceid"],)
    assert isinstance(caught.value.__context__, OutcomeUnknownError)
