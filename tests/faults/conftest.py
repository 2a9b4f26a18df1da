"""A client over each road to the same sandbox: in process, and through a real socket."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack

import pytest

from tests.faults.tools.disks import loop_disk, read_only_disk, small_disk, small_files_only
from tests.leaks import PASSWORD
from vaultio import Config, Password, Vault
from vaultio.sandbox import Sandbox

__all__ = ["hasty", "loop_disk", "own_wire", "read_only_disk", "small_disk", "small_files_only"]

HASTY = Config(max_tries=2)
"""Settings under which a bad day passes quickly."""


@pytest.fixture(params=["in process", "over a socket"])
async def hasty(request: pytest.FixtureRequest, sandbox: Sandbox) -> AsyncIterator[Vault]:
    """A client with little patience."""
    async with AsyncExitStack() as stack:
        transport = sandbox.transport() if request.param == "in process" else None
        url = "https://sandbox.veevavault.com"
        if transport is None:
            url = await stack.enter_async_context(sandbox.serve())
        vault = Vault(
            url,
            Password("ana@example.com", PASSWORD),
            api_version="v11.0",
            config=HASTY,
            transport=transport,
        )
        yield await stack.enter_async_context(vault)


@pytest.fixture
def own_wire(request: pytest.FixtureRequest) -> None:
    """Skip where the run is on httpx's connections, which go on after bytes that are nobody's."""
    if request.config.getoption("--wire") != "own":
        pytest.skip("a promise of our own connections")
