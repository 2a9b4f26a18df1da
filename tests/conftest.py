"""What all tests share: a Vault to talk to, and two alarms."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator

import pytest
from anyio.from_thread import start_blocking_portal
from blockbuster import BlockBuster, blockbuster_ctx

from tests import leaks
from tests.leaks import PASSWORD
from vaultio import Password, Vault
from vaultio.sandbox import Sandbox

USER = "ana@example.com"


def pytest_configure(config: pytest.Config) -> None:
    """Watch the whole run for leaked secrets."""
    leaks.pytest_configure(config)


@pytest.fixture(autouse=True)
def blockbuster() -> Iterator[BlockBuster]:
    """Fail a test in which vaultio blocks the event loop; the sandbox's own calls do not count."""
    with blockbuster_ctx("vaultio", excluded_modules=["vaultio.sandbox"]) as alarm:
        for name in ("threading.Lock.acquire", "threading.Lock.acquire_lock"):
            # The coverage measurement locks its own data now and then.
            alarm.functions[name].can_block_in("coverage/collector.py", "lock_data")
        yield alarm


@pytest.fixture
def sandbox() -> Sandbox:
    """A Vault in memory, empty but for its user, whose password is watched."""
    sandbox = Sandbox()
    sandbox.users[USER].password = PASSWORD
    return sandbox


@pytest.fixture
async def vault(sandbox: Sandbox) -> AsyncIterator[Vault]:
    """A client of the sandbox."""
    address, credentials = "https://sandbox.veevavault.com", Password(USER, PASSWORD)
    async with Vault(
        address, credentials, api_version="v11.0", transport=sandbox.transport()
    ) as vault:
        yield vault


@pytest.fixture
def served(monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """The address of a sandbox with demo documents behind a real socket; in the environment too."""
    sandbox = Sandbox.demo()
    sandbox.users[USER].password = PASSWORD
    with (
        start_blocking_portal() as portal,
        portal.wrap_async_context_manager(sandbox.serve()) as url,
    ):
        monkeypatch.setenv("VAULTIO_URL", url)
        monkeypatch.setenv("VAULTIO_USER", USER)
        monkeypatch.setenv("VAULTIO_PASSWORD", PASSWORD)
        yield url
