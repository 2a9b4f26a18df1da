"""Upload a sparse file to a server that only counts, and say what that cost the program.

``python -m tests.faults.upload_program MIB FOLDER`` prints one line of JSON.
"""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
from pathlib import Path
from socket import create_server

from benchmarks._measure import MIB
from benchmarks._ticker import idle_memory, memory, p99, tick
from vaultio import Limiter, SessionId, Vault
from vaultio.protocol.multipart import multipart
from vaultio.protocol.path import Path as ApiPath
from vaultio.protocol.readers import nothing
from vaultio.protocol.request import post

OK = b'{"responseStatus": "SUCCESS"}'
ANSWER = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%s"


def serve() -> None:
    """Take one upload a connection after the other; prints the port, then each one's bytes."""
    listener = create_server(("127.0.0.1", 0))
    print(listener.getsockname()[1], flush=True)
    room = memoryview(bytearray(MIB))
    while True:
        connection, _ = listener.accept()
        with connection, connection.makefile("rb") as reader:
            length = 0
            while line := reader.readline().strip():
                if line.lower().startswith(b"content-length:"):
                    length = int(line.split(b":")[1])
            left = length
            while left and (got := reader.readinto(room[: min(left, MIB)])):
                left -= got
            print(length - left, flush=True)
            connection.sendall(ANSWER % (len(OK), OK))


async def upload(url: str, path: Path) -> None:
    """Upload one file in a client of its own."""
    vault = Vault(url, SessionId("S"), api_version="v11.0", limiter=Limiter.unlimited())
    async with vault:
        await vault._caller.send(post(ApiPath() / "upload", multipart({}, file=path)), nothing)


async def measure(port: int, mib: int, folder: Path) -> dict[str, float]:
    """Upload once with a ticker beside it; idle is what is left after a small one."""
    url, lateness = f"http://127.0.0.1:{port}", list[float]()
    small, large = folder / "small", folder / "large"
    for path, size in ((small, MIB), (large, mib * MIB)):
        with path.open("wb") as file:
            file.truncate(size)
    await upload(url, small)
    idle = idle_memory()
    ticker = asyncio.create_task(tick(lateness))
    await upload(url, large)
    ticker.cancel()
    memory_bytes = (memory("VmHWM") or 0) - (idle or 0)
    return {"memory_bytes": memory_bytes, "late_s": p99(lateness) or 0.0}


def main() -> None:
    """Measure against a server that has a process of its own."""
    if sys.argv[1:] == ["serve"]:
        return serve()
    command = [sys.executable, "-m", "tests.faults.upload_program", "serve"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as server:
        assert server.stdout is not None
        port = int(server.stdout.readline())
        found = asyncio.run(measure(port, int(sys.argv[1]), Path(sys.argv[2])))
        counted = [int(server.stdout.readline()) for _ in range(2)]
        server.kill()
    print(json.dumps({**found, "body_bytes": counted[-1]}))
    return None


if __name__ == "__main__":
    main()
