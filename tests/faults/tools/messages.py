"""HTTP answers as the bytes that they are: where one ends and the next begins."""

from __future__ import annotations

import asyncio


async def read_answer(reader: asyncio.StreamReader) -> bytes:
    """Read one answer, head and body, as it stands on the wire; b"" at the end of them all.

    Of one that is cut there is nothing.
    """
    try:
        return await _read_whole(reader)
    except asyncio.IncompleteReadError:
        return b""


async def _read_whole(reader: asyncio.StreamReader) -> bytes:
    head = await reader.readuntil(b"\r\n\r\n")
    fields = {
        name.strip().lower(): value.strip().lower()
        for name, _, value in (line.partition(b":") for line in head.split(b"\r\n")[1:])
    }
    if b"chunked" in fields.get(b"transfer-encoding", b""):
        return head + await _read_chunks(reader)
    return head + await reader.readexactly(int(fields.get(b"content-length", b"0")))


async def _read_chunks(reader: asyncio.StreamReader) -> bytes:
    """Read a chunked body without trailers, frames and all."""
    body = b""
    while True:
        line = await reader.readuntil(b"\r\n")
        size = int(line.split(b";")[0], 16)
        body += line + await reader.readexactly(size + 2)
        if not size:
            return body
