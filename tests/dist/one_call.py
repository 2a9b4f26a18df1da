"""Run with nothing installed but the wheel: log in, look at a document, download its file.

The server is a few lines of asyncio over a socket, as nothing else is installed.
"""

from __future__ import annotations

import asyncio
import hashlib
import json
import tempfile
from pathlib import Path

from vaultio import Password, SavedFile, Vault

CONTENT = bytes(range(256)) * 4096
DOCUMENT = {"id": 773, "name__v": "One call", "md5checksum__v": hashlib.md5(CONTENT).hexdigest()}
SESSION = "0" * 112
CONNECTIONS: set[asyncio.Task[None] | None] = set()


def answer(method: str, path: str, origin: str) -> tuple[str, bytes]:
    """Return the further headers and the body of the answer to one request."""
    if path.endswith("/documents/773/file"):
        return 'Content-Disposition: attachment;filename="one.bin"\r\n', CONTENT
    vaults = [{"id": 1, "name": "One", "url": f"{origin}/api"}]
    replies: dict[str, dict[str, object]] = {
        "POST auth": {"sessionId": SESSION, "userId": 1, "vaultId": 1, "vaultIds": vaults},
        "GET 773": {"document": DOCUMENT},
        "DELETE session": {},
    }
    said = replies[f"{method} {path.rpartition('/')[2]}"]
    text = json.dumps({"responseStatus": "SUCCESS", **said})
    return "Content-Type: application/json;charset=UTF-8\r\n", text.encode()


async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Answer the requests of one connection."""
    CONNECTIONS.add(asyncio.current_task())
    host, port = writer.get_extra_info("sockname")
    while head := await head_of(reader):
        method, path, _ = head.split("\r\n")[0].split(" ")
        fields = dict(line.lower().split(": ", 1) for line in head.split("\r\n")[1:])
        await reader.readexactly(int(fields.get("content-length", 0)))
        more, body = answer(method, path.partition("?")[0], f"http://{host}:{port}")
        writer.write(f"HTTP/1.1 200 OK\r\nContent-Length: {len(body)}\r\n{more}\r\n".encode())
        writer.write(body)
        await writer.drain()
    writer.close()


async def head_of(reader: asyncio.StreamReader) -> str:
    """Read up to the empty line; an empty text is the end of the connection."""
    try:
        return (await reader.readuntil(b"\r\n\r\n")).decode("ascii").strip()
    except (asyncio.IncompleteReadError, ConnectionError):
        return ""


async def fetch(folder: str) -> SavedFile:
    """Download the file of document 773 into a folder."""
    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    host, port = server.sockets[0].getsockname()
    credentials = Password("ana@example.com", "secret")
    async with server, Vault(f"http://{host}:{port}", credentials, api_version="v11.0") as vault:
        document = await vault.documents.retrieve(773)
        saved = await vault.documents.download(document.id, to=f"{folder}/")
    await asyncio.wait([task for task in CONNECTIONS if task])
    return saved


def main() -> None:
    """Fetch one file, and compare every byte."""
    with tempfile.TemporaryDirectory() as folder:
        saved = asyncio.run(fetch(folder))
        if saved.path != Path(folder, "one.bin") or saved.path.read_bytes() != CONTENT:
            raise SystemExit(f"not the file that was served: {saved}")
    print(f"one call made: {saved}")


main()
