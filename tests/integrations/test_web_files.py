"""Files of a vault that go through a FastAPI app to a browser: what it gets, over real sockets."""

from __future__ import annotations

import hashlib
from collections.abc import AsyncIterator

import pytest

from tests.integrations.web import Web, serving
from vaultio.downloads import disposition_name, safe_name
from vaultio.sandbox import Sandbox

DATA = bytes(range(256)) * 800
SIZE = len(DATA)
TAG = f'"{hashlib.md5(DATA).hexdigest()}"'


@pytest.fixture
async def web(sandbox: Sandbox) -> AsyncIterator[Web]:
    """An app before a vault with one document, number 1, with a rendition and an attachment."""
    sandbox.documents.add("Plan", DATA, file_name="Plan.pdf")
    sandbox.documents.add_rendition(1, content=DATA)
    async with serving(sandbox) as web:
        yield web


async def test_a_whole_file(web: Web) -> None:
    """It arrives with its length, its name, and a mark to ask by; nobody else may keep it."""
    answer = await web.browser.get("/documents/1/file")

    assert (answer.status, answer.body == DATA, answer.is_whole) == (200, True, True)
    assert {k: v for k, v in answer.headers.items() if k not in {"date", "server"}} == {
        "cache-control": "private, no-cache",
        "x-content-type-options": "nosniff",
        "etag": TAG,
        "content-type": "application/pdf",
        "content-disposition": 'attachment; filename="Plan.pdf"',
        "content-length": str(SIZE),
        "accept-ranges": "bytes",
        "connection": "close",
    }
    assert await web.settled()


RANGES = [
    ("bytes=0-99", 0, 100),
    ("bytes=100000-", 100_000, SIZE),
    ("bytes=-500", SIZE - 500, SIZE),
    (f"bytes=-{SIZE * 9}", 0, SIZE),
    (f"bytes=70000-{SIZE * 9}", 70_000, SIZE),
    ("bytes=65535-65536", 65_535, 65_537),
    ("BYTES = 5 - 5", 5, 6),
]


@pytest.mark.parametrize("vault_takes_ranges", [True, False])
async def test_ranges(web: Web, vault_takes_ranges: bool) -> None:
    """A part is exactly that, whether Vault cuts it out or the app has to."""
    web.sandbox.settings.ranges = vault_takes_ranges
    for asked, start, end in RANGES:
        answer = await web.browser.get("/documents/1/file", Range=asked)

        assert (answer.status, answer.is_whole) == (206, True)
        assert answer.headers["content-range"] == f"bytes {start}-{end - 1}/{SIZE}"
        assert answer.headers["content-length"] == str(end - start)
        assert answer.body == DATA[start:end]
    assert await web.settled()


async def test_a_range_that_vault_takes_is_all_that_comes_from_it(web: Web) -> None:
    """Where Vault takes ranges nothing else is fetched; elsewhere no more than up to its end."""
    web.sandbox.settings.ranges = True
    before = web.sandbox.bytes_produced

    await web.browser.get("/documents/1/file", Range="bytes=-1000")

    assert web.sandbox.bytes_produced - before < 10_000


async def test_ranges_beyond_the_end(web: Web) -> None:
    """The browser is told the size, and no file is asked for."""
    for asked in (f"bytes={SIZE}-", "bytes=-0", f"bytes={SIZE * 2}-{SIZE * 3}"):
        before = web.sandbox.bytes_produced
        answer = await web.browser.get("/documents/1/file", Range=asked)

        assert (answer.status, answer.body, answer.is_whole) == (416, b"", True)
        assert answer.headers["content-range"] == f"bytes */{SIZE}"
        assert web.sandbox.bytes_produced - before < SIZE / 9


async def test_ranges_that_are_none(web: Web) -> None:
    """What is not one range of bytes is answered by the whole file."""
    for asked in ("bytes=9-3", "bytes=0-1,5-6", "rows=1-2", "bytes=-", "bytes=a-"):
        answer = await web.browser.get("/documents/1/file", Range=asked)

        assert (answer.status, answer.body == DATA) == (200, True)


async def test_going_on_with_a_file(web: Web) -> None:
    """With If-Range a part of the same file goes on, of any other one it begins anew."""
    for mark, status in ((TAG, 206), ('"another"', 200), (f"W/{TAG}", 200)):
        answer = await web.browser.get("/documents/1/file", Range="bytes=100-", If_Range=mark)

        assert (answer.status, answer.body) == (status, DATA[100:] if status == 206 else DATA)


async def test_a_file_that_the_browser_has(web: Web) -> None:
    """With If-None-Match it costs the call for the MD5 and no file."""
    before = web.sandbox.quota.calls

    answer = await web.browser.get("/documents/1/file", If_None_Match=f'"x", W/{TAG}')

    assert (answer.status, answer.body, answer.headers["etag"]) == (304, b"", TAG)
    assert web.sandbox.quota.calls - before == 1


async def test_only_the_head(web: Web) -> None:
    """HEAD says what GET would, with no body, and leaves Vault's in peace."""
    whole = await web.browser.get("/documents/1/file")
    head = await web.browser.get("/documents/1/file", "HEAD", Range="bytes=0-9")

    assert (head.status, head.is_whole) == (200, True)
    assert {**head.headers, "date": ""} == {**whole.headers, "date": ""}
    assert await web.settled()


async def test_a_file_of_unknown_size(web: Web) -> None:
    """It comes in chunks whose end is said; a range is not to be had where Vault gives none."""
    answer = await web.browser.get("/documents/1/file?verify=false", Range="bytes=5-9")

    assert (answer.status, answer.body == DATA, answer.is_whole) == (200, True, True)
    assert not {"content-length", "accept-ranges", "etag"} & set(answer.headers)


async def test_a_range_of_a_file_of_unknown_size(web: Web) -> None:
    """Of a rendition, whose size nobody knows, Vault itself may give a part."""
    web.sandbox.settings.ranges = True
    path = "/documents/1/renditions/viewable_rendition__v"

    part = await web.browser.get(path, Range="bytes=5-9")
    nothing = await web.browser.get(path, Range=f"bytes={SIZE}-")

    assert (part.status, part.body) == (206, DATA[5:10])
    assert part.headers["content-range"] == f"bytes 5-9/{SIZE}"
    assert (nothing.status, nothing.body == DATA) == (200, True)


async def test_an_attachment(web: Web) -> None:
    """An attachment's MD5 is in what describes it."""
    number = web.sandbox.documents.add_attachment(1, "Drawing.svg", b"<svg/>")

    answer = await web.browser.get(f"/documents/1/attachments/{number}", Range="bytes=1-3")

    assert (answer.status, answer.body) == (206, b"svg")


async def test_http_1_0_and_a_file_of_unknown_size(web: Web) -> None:
    """There half a file would look like a whole one, so it is refused; with a length it is not."""
    web.browser.version = "1.0"

    assert (await web.browser.get("/documents/1/file?verify=false")).status == 505
    assert (await web.browser.get("/documents/1/file")).body == DATA


NAMES = [
    '../../e"vil.pdf',
    "Prüf plan 試験.pdf",
    "a\r\nSet-Cookie: x=1.pdf",
    "100%25.pdf",
    "nul.pdf",
]


async def test_names_that_vault_sends(web: Web) -> None:
    """Each becomes one that every disk takes, in a header of one line of ASCII."""
    for name in NAMES:
        web.sandbox.faults.file_name(name, path="*/file")
        answer = await web.browser.get("/documents/1/file")
        said = answer.headers["content-disposition"]

        assert said.isascii()
        assert "set-cookie" not in answer.headers
        assert disposition_name(said) == safe_name(name, "none")


async def test_what_is_shown_in_the_browser(web: Web) -> None:
    """What could run scripts on the app's own pages is saved, not shown."""
    for name in ("a.pdf", "a.png", "a.html", "a.svg", "a.xml"):
        web.sandbox.faults.file_name(name, path="*/file")

        answer = await web.browser.get("/documents/1/file?inline=true")

        how = "inline" if name in {"a.pdf", "a.png"} else "attachment"
        assert answer.headers["content-disposition"].startswith(how)
