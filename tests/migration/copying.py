"""What the tests of copies share: two vaults behind real sockets, and documents to copy."""

from __future__ import annotations

import hashlib
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from attrs import frozen

from tests.leaks import PASSWORD
from vaultio import Limiter, Password, Vault
from vaultio.migration import Copy, Entry, Event, Manifest, Report
from vaultio.migration.manifest import NAME
from vaultio.sandbox import Sandbox

USER = "ana@example.com"


@frozen
class Pair:
    """A source and a target: the vaults, and clients of them over sockets."""

    source: Sandbox
    target: Sandbox
    here: Vault
    there: Vault

    def copy(self, spool: Path, **options: Any) -> Copy:
        """Order a copy that need not wait for an index."""
        return Copy(self.here, self.there, spool=spool, **{"settle_s": 0.0, **options})

    async def copied(
        self, spool: Path, on_event: Callable[[Event], object] = lambda _: None, **options: Any
    ) -> Report:
        """Copy."""
        return await self.copy(spool, **options).execute(on_event)


@asynccontextmanager
async def paired(
    source: Sandbox, target: Sandbox, limiter: Callable[[], Limiter] = Limiter.unlimited
) -> AsyncIterator[Pair]:
    """Serve two vaults, and open clients."""
    async with (
        source.serve() as here,
        target.serve() as there,
        Vault(here, Password(USER, PASSWORD), api_version="v11.0", limiter=limiter()) as one,
        Vault(there, Password(USER, PASSWORD), api_version="v11.0", limiter=limiter()) as two,
    ):
        yield Pair(source, target, one, two)


def add_plans(sandbox: Sandbox, count: int, size: int = 1_000) -> None:
    """Add documents, each with a file of its own."""
    for number in range(count):
        content = f"content {number} ".encode() * (size // 10)
        sandbox.documents.add(f"Plan {number}", content[:size])


def md5s(sandbox: Sandbox) -> dict[str, list[str]]:
    """Tell the MD5 of each document's source file, by its name; more than one says it is twice."""
    found: dict[str, list[str]] = {}
    for one in sandbox.documents:
        source = one.latest.source
        digest = source.content.md5 if source else ""
        found.setdefault(one.latest.fields["name__v"], []).append(digest)
    return found


def md5(content: bytes) -> str:
    """Reckon an MD5."""
    return hashlib.md5(content, usedforsecurity=False).hexdigest()


async def entries(spool: Path, kind: str | None = None) -> list[Entry]:
    """Read the items of a copy's manifest."""
    async with Manifest(spool / NAME) as manifest:
        return [one async for one in manifest.entries() if kind in {None, one.kind}]
