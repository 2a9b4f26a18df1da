"""A client over a real socket, and all that observers hear of it."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import Any, TypeAlias

import pytest

from tests.conftest import USER
from tests.leaks import PASSWORD
from vaultio import Config, Limiter, Pace, Password, Quota, Vault
from vaultio.sandbox import BytesContent, Sandbox

Client: TypeAlias = Callable[..., AbstractAsyncContextManager[Vault]]
CONTENT = bytes(range(256)) * 400


@pytest.fixture
def client(sandbox: Sandbox) -> Client:
    """Open a client of a sandbox that has a document with a file, both behind a socket."""
    sandbox.documents.add("Plan", BytesContent(CONTENT), file_name="plan.bin", document_id=7)

    @asynccontextmanager
    async def opened(**settings: Any) -> AsyncIterator[Vault]:
        settings.setdefault("config", Config(max_tries=3))
        async with sandbox.serve() as url:
            credentials = Password(USER, PASSWORD)
            async with Vault(url, credentials, api_version="v11.0", **settings) as vault:
                yield vault

    return opened


def slow_limiter() -> Limiter:
    """Make a limiter that lets one call go each 100 ms."""
    return Limiter(burst=Quota(100, 300.0), daily=None, pace=Pace(burst=1, calls_per_second=10))
