"""Ask for answers that are larger than the cap, and say what each cost in memory.

``python -m tests.faults.answer_program`` prints one line of JSON: bytes over idle at the worst.
The server is a process of its own: ``... serve`` prints its port.
"""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
import zlib
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks._ticker import idle_memory, memory
from vaultio import Limiter, NotVaultError, SessionId, Vault
from vaultio.sandbox.raw import RawRequest, RawServer, Send, reply

MIB = 1024 * 1024
JSON = {"Content-Type": "application/json"}
ROWS = b'{"responseStatus":"SUCCESS","data":[' + b'{"id":7},' * 100


def bomb(mib: int) -> bytes:
    """Pack so many MiB of blanks, of which gzip leaves next to nothing."""
    packer = zlib.compressobj(1, zlib.DEFLATED, 31)
    return b"".join(packer.compress(b" " * MIB) for _ in range(mib)) + packer.flush()


def chunks(count: int, size: int) -> Iterator[Send]:
    """Send a body in chunks."""
    yield Send(b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n")
    yield Send(b"Transfer-Encoding: chunked\r\n\r\n")
    body = (ROWS * (size // len(ROWS) + 1))[:size]
    for _ in range(count):
        yield Send(b"%x\r\n%s\r\n" % (size, body))


async def serve() -> None:
    """Answer by what is asked for."""
    packed = reply(bomb(256), headers={**JSON, "Content-Encoding": "gzip"})

    def react(request: RawRequest) -> bytes | Iterator[Send]:
        if "plain" in request.target:
            return reply((ROWS * (71 * MIB // len(ROWS) + 1))[: 71 * MIB], headers=JSON)
        return chunks(71, MIB) if "chunked" in request.target else packed

    async with RawServer(react) as server:
        print(server.port, flush=True)
        await asyncio.Event().wait()


async def refused(vault: Vault, kind: str, folder: str) -> None:
    """Ask for an answer that is too large."""
    said = "taken"
    try:
        if kind == "file":
            await vault.documents.download(7, to=folder)
        else:
            await vault.request("GET", f"/api/v11.0/{kind}")
    except NotVaultError as error:
        said = str(error)
    assert "max_json_bytes" in said, said


async def measure(port: int, folder: str) -> dict[str, int]:
    """Ask for each kind; what a first call costs once is no part of it."""
    found, url = dict[str, int](), f"http://127.0.0.1:{port}"
    limiter = Limiter.unlimited()
    async with Vault(url, SessionId("S"), api_version="v11.0", limiter=limiter) as vault:
        await refused(vault, "plain", folder)
        for kind in ("plain", "chunked", "gzip", "file"):
            idle = idle_memory()
            await refused(vault, kind, folder)
            found[kind] = (memory("VmHWM") or 0) - (idle or 0)
    return found


def main() -> None:
    """Measure against a server that has a process of its own."""
    if sys.argv[1:] == ["serve"]:
        return asyncio.run(serve())
    command = [sys.executable, "-m", "tests.faults.answer_program", "serve"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as server:
        assert server.stdout is not None
        port = int(server.stdout.readline())
        with TemporaryDirectory() as folder:
            print(json.dumps(asyncio.run(measure(port, str(Path(folder))))))
        server.kill()
    return None


if __name__ == "__main__":
    main()
