"""Download one file to a place that others want too: ``... URL DOCUMENT TARGET ON_EXISTS``.

Waits for a line of standard input, so that several begin together; prints what came of it.
"""

from __future__ import annotations

import asyncio
import sys
from typing import cast

from tests.leaks import PASSWORD
from vaultio import Password, Vault, VaultioError
from vaultio.downloads import OnExists


async def write(url: str, document: str, target: str, on_exists: str) -> str:
    """Download when told, and say what the file is called, or what was in the way."""
    credentials = Password("ana@example.com", PASSWORD)
    async with Vault(url, credentials, api_version="v11.0") as vault:
        await vault.documents.retrieve(int(document))
        print("ready", flush=True)
        await asyncio.to_thread(sys.stdin.readline)
        try:
            how = cast(OnExists, on_exists)
            saved = await vault.documents.download(int(document), to=target, on_exists=how)
        except VaultioError as error:
            return f"{type(error).__name__}: {error}"
    return "skipped" if saved.skipped else saved.path.name


if __name__ == "__main__":
    print(asyncio.run(write(*sys.argv[1:])), flush=True)
