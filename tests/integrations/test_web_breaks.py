"""What goes wrong while a file goes through an app: the browser leaves, the vault breaks off."""

from __future__ import annotations

import hashlib
from collections.abc import AsyncIterator, Awaitable, Callable

import anyio
import pytest
from fastapi import FastAPI, Request, Response

from tests.integrations.web import Web, serving
from vaultio import Config
from vaultio.sandbox import Sandbox
from vaultio.sandbox.content import BytesContent

DATA = bytes(range(256)) * 4_000
LARGE = 60_000_000
FILE = "/documents/1/file"
WHERE = {"path": "/objects/documents/*/file", "count": None}


def with_middleware(app: FastAPI) -> None:
    """Put a middleware before everything, of the kind that most apps have."""

    @app.middleware("http")
    async def stamp(
        request: Request, call_next: Callable[[Request], Awaitable[Response]]
    ) -> Response:
        answer = await call_next(request)
        answer.headers["X-Stamp"] = "1"
        return answer


@pytest.fixture
async def web(sandbox: Sandbox, request: pytest.FixtureRequest) -> AsyncIterator[Web]:
    """An app before a vault with a document of 1 MB and one of 60 MB."""
    sandbox.documents.add("Plan", DATA, file_name="Plan.pdf")
    sandbox.documents.add("Film", LARGE, file_name="Film.mp4")
    async with serving(sandbox, getattr(request, "param", None)) as web:
        yield web


BOTH = pytest.mark.parametrize("web", [None, with_middleware], indirect=True)


@BOTH
@pytest.mark.parametrize("verify", ["true", "false"])
async def test_a_body_that_breaks_off(web: Web, verify: str) -> None:
    """What came by then never looks like a whole file, be its length known or not."""
    web.sandbox.faults.cut(after_bytes=500_000, **WHERE)

    answer = await web.browser.get(f"{FILE}?verify={verify}")

    assert (answer.status, answer.is_whole) == (200, False)
    assert DATA.startswith(answer.body)
    assert await web.settled()


async def test_a_file_with_another_md5(web: Web) -> None:
    """Bytes that are not those which Vault knows are noticed at the last; that is held back."""
    lie = BytesContent(DATA)
    lie.md5 = hashlib.md5(b"other").hexdigest()
    number = web.sandbox.documents.add("Lie", lie)

    answer = await web.browser.get(f"/documents/{number}/file")

    assert (answer.status, answer.is_whole) == (200, False)
    assert len(answer.body) < len(DATA)


async def test_files_of_another_size(web: Web) -> None:
    """One byte more or less than Vault knows, and the browser does not take it for the file."""
    for change in (-1, 1, 70_000, -70_000):
        lie = BytesContent(DATA)
        lie.size += change
        number = web.sandbox.documents.add("Lie", lie)

        assert not (await web.browser.get(f"/documents/{number}/file")).is_whole


@BOTH
async def test_a_browser_that_leaves(web: Web) -> None:
    """Vault's answer is closed at once: little more has come than was sent; nothing is held."""
    reader, writer = await web.browser.open("/documents/2/file?verify=false")
    await reader.readexactly(100_000)
    assert web.held == (1, 0)

    writer.close()

    assert await web.settled()
    assert web.sandbox.bytes_produced < LARGE / 4


@BOTH
@pytest.mark.parametrize("kind", ["stall", "delay"])
async def test_a_browser_that_leaves_while_vault_is_silent(web: Web, kind: str) -> None:
    """It is noticed while nothing comes that could be sent: before the answer, or within it."""
    getattr(web.sandbox.faults, kind)(seconds=60, **WHERE)
    _, writer = await web.browser.open(FILE)
    while not any(one.hits for one in web.sandbox.faults):  # noqa: ASYNC110 - nobody tells
        await anyio.sleep(0.01)
    assert web.held != (0, 0)

    writer.close()

    assert await web.settled()


async def test_a_hundred_browsers_that_leave(web: Web) -> None:
    """However they leave, in whatever moment: all connections and permits are there afterwards."""

    async def visit(number: int) -> None:
        _, writer = await web.browser.open(FILE)
        await anyio.sleep(number * 0.003)
        writer.transport.abort()

    async with anyio.create_task_group() as visits:
        for number in range(100):
            visits.start_soon(visit, number)

    assert await web.settled()
    assert (await web.browser.get(FILE)).body == DATA
    assert (await web.vault.quota()).interactive_waiting == 0


async def test_a_browser_that_stands_still(web: Web) -> None:
    """One that takes nothing for long is left, so that the connection is there for others."""
    reader, writer = await web.browser.open("/documents/2/file?verify=false")
    await reader.readexactly(1000)

    assert await web.settled()
    writer.close()


async def test_slow_browsers_and_all_others(sandbox: Sandbox) -> None:
    """As many as there are connections take files slowly: the pages of all others are there."""
    sandbox.documents.add("Film", LARGE, file_name="Film.mp4")
    async with serving(sandbox, config=Config(concurrency=4)) as web:
        slow = [await web.browser.open("/documents/1/file?verify=false") for _ in range(5)]
        await slow[0][0].readexactly(1000)
        pages = [(await web.browser.get("/documents/1")).status for _ in range(3)]
        one_more = await web.browser.get("/documents/1/file?verify=false", "HEAD")
        for _, writer in slow:
            writer.close()
        assert await web.settled()

    assert pages == [200, 200, 200]
    assert (one_more.status, int(one_more.headers["retry-after"]) >= 1) == (503, True)
