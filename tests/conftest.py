"""What all tests share: a Vault to talk to, and two alarms."""

from __future__ import annotations

import ssl
from collections.abc import AsyncIterator, Iterator

import httpx
import pytest
from anyio.from_thread import start_blocking_portal
from blockbuster import BlockBuster, blockbuster_ctx
from hypothesis import Phase, settings

from tests import leaks
from tests.leaks import PASSWORD
from vaultio import Password, Vault
from vaultio.sandbox import Sandbox

USER = "ana@example.com"

# Examples by chance: as many as usual; many more (`nox -s fuzz`); and, where only the failure
# counts, no search for the smallest one (`nox -s mutants`).
settings.register_profile("fuzz", max_examples=20_000, deadline=None, print_blob=True)
settings.register_profile("mutants", phases=[Phase.explicit, Phase.generate], deadline=None)


def pytest_addoption(parser: pytest.Parser) -> None:
    """Let the run choose what carries the calls of clients that bring no transport."""
    parser.addoption("--wire", choices=["own", "stock"], default="own", help="vaultio's or httpx's")


def pytest_configure(config: pytest.Config) -> None:
    """Watch the whole run for leaked secrets; take httpx's own transport if that is asked for."""
    leaks.pytest_configure(config)
    if config.getoption("--wire") == "stock":
        from vaultio.transport import connections

        connections.Wire = stock_wire  # type: ignore[assignment, misc] # an httpx transport too


def stock_wire(tls: ssl.SSLContext, *, max_connections: int) -> httpx.AsyncHTTPTransport:
    """Make httpx's transport in place of ours."""
    limits = httpx.Limits(max_connections=None, max_keepalive_connections=max_connections)
    return httpx.AsyncHTTPTransport(verify=tls, limits=limits)


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
