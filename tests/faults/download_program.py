"""Download files for ever, five at a time: a program to be killed.

``python -m tests.faults.download_program FOLDER [ROUNDS]`` replaces ``FOLDER/0`` to ``FOLDER/4``;
with *ROUNDS* it ends after so many times.
"""

from __future__ import annotations

import asyncio
import itertools
import sys

from tests.faults.tools.kills import READY
from tests.transport.server import answers
from vaultio import Limiter, SessionId, Vault
from vaultio.sandbox.raw import RawServer, reply

AT_ONCE = 5
FILE = {"Content-Type": "application/pdf"}
OLD, NEW = bytes(1_500_000), b"n" * 2_500_000
"""Every other time a file is the one, and in between the other."""


async def main(folder: str, rounds: int | None) -> None:
    """Serve and download."""
    server = RawServer(answers(*[reply(OLD, headers=FILE), reply(NEW, headers=FILE)] * 5_000))
    async with server:
        vault = Vault(server.url, SessionId("S"), api_version="v11.0", limiter=Limiter.unlimited())
        async with vault:
            print(READY, flush=True)
            for _ in range(rounds) if rounds else itertools.count():
                calls = (
                    vault.documents.download(n, to=f"{folder}/{n}", on_exists="replace")
                    for n in range(AT_ONCE)
                )
                await asyncio.gather(*calls)


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], int(sys.argv[2]) if sys.argv[2:] else None))
