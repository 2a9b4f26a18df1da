"""Form bodies as they come in: parts, large files, bodies that end too early."""

from __future__ import annotations

import gc
import tracemalloc
from collections.abc import AsyncIterator
from itertools import chain

import pytest

from vaultio.sandbox import BytesContent, GeneratedContent
from vaultio.sandbox.content import BLOCK_BYTES, Content
from vaultio.sandbox.failures import RefusedError
from vaultio.sandbox.forms import Form, read_form
from vaultio.sandbox.wire import SandboxRequest

MIB = 1024 * 1024
HEAD = (
    b'--b\r\nContent-Disposition: form-data; name="name__v"\r\n\r\nPl\xc3\xa4n\r\n--b\r\n'
    b'Content-Disposition: form-data; name="file"; filename="Pl\xc3\xa4n.docx"\r\n'
    b"Content-Type: text/plain\r\n\r\n"
)
TAIL = b"\r\n--b--\r\n"


async def read(content: Content, size: int = 64 * 1024, *, tail: bytes = TAIL) -> Form:
    """Read a form with a name and a file that comes in pieces of *size* bytes."""

    async def chunks() -> AsyncIterator[bytes]:
        for block in chain([HEAD], content.blocks(), [tail]):
            for offset in range(0, len(block), size):
                yield block[offset : offset + size]

    headers = {"Content-Type": "multipart/form-data; boundary=b"}
    return await read_form(
        SandboxRequest(method="POST", path="/", headers=headers, body=chunks()), 64 * MIB
    )


@pytest.mark.parametrize("size", [1, 2, 3, 7, 100, 64 * 1024])
async def test_parts(size: int) -> None:
    """A form is the same however the network cuts it, with half delimiters in the file."""
    data = b"\r\n--\r\n--a\r\n-\n\r\r\n--" * 3

    form = await read(BytesContent(data), size)

    file = form.files["file"]
    assert form.values == {"name__v": "Plän"}
    assert (file.name, file.data, file.media_type) == ("Plän.docx", data, "text/plain")


async def test_empty_file() -> None:
    """A file may hold nothing."""
    form = await read(BytesContent(b""))

    assert (form.files["file"].content.size, form.files["file"].data) == (0, b"")


async def test_large_file_is_not_in_memory() -> None:
    """Of 50 MiB little is held, and all can be read again, from any place."""
    content = GeneratedContent(50 * MIB + 17, seed=3)
    tracemalloc.start()
    form = await read(content)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()

    received = form.files["file"].content
    assert peak < 12 * MIB
    assert (received.size, received.md5) == (content.size, content.md5)
    rest = b"".join(content.blocks(40 * MIB + 5))
    assert next(received.blocks(40 * MIB + 5)) == rest[:BLOCK_BYTES]


async def test_file_on_disk_goes_with_its_content() -> None:
    """The file without a name is closed when nobody has its content any more."""
    content = (await read(GeneratedContent(9 * MIB))).files["file"].content
    file = content._file  # type: ignore[attr-defined]  # to see it closed
    del content
    gc.collect()

    assert file.closed


async def test_too_large_a_file() -> None:
    """More than may come is refused while it comes."""
    with pytest.raises(RefusedError, match="EXCEEDS_FILE_MAX_SIZE"):
        await read(GeneratedContent(64 * MIB + 1))


@pytest.mark.parametrize("tail", [b"", b"\r\n", b"\r\n--b", b"\r\n--b-", b"\r\n--b\r\nContent-"])
async def test_body_that_ends_too_early(tail: bytes) -> None:
    """A body without its last boundary is not a form."""
    with pytest.raises(RefusedError, match="before its last boundary"):
        await read(BytesContent(b"data"), tail=tail)
