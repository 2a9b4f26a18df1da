"""A meter: what the calls of one view of a client cost."""

from __future__ import annotations

import pytest

from tests.conftest import USER
from tests.leaks import PASSWORD
from vaultio import ClusterError, Limiter, Meter, Password, Quota, Vault
from vaultio.sandbox import Sandbox


async def test_a_meter_counts_the_calls_of_its_view(vault: Vault, sandbox: Sandbox) -> None:
    """Repeated calls count too, logins and calls of others do not."""
    meter = Meter()
    one = sandbox.documents.add("Plan")
    sandbox.faults.status(503, path=f"/objects/documents/{one}")

    await vault.with_options(meter=meter).documents.retrieve(one)
    await vault.documents.retrieve(one)

    assert meter.calls == 2


async def test_a_meter_times_waits_for_quota(sandbox: Sandbox) -> None:
    """Time that calls wait for the window to turn is added up."""
    limiter = Limiter(burst=Quota(1, 0.3, fixed=True), daily=None, pace=None, reserved_share=0)
    address, credentials, meter = "https://a.veevavault.com", Password(USER, PASSWORD), Meter()
    options = {"limiter": limiter, "transport": sandbox.transport(), "api_version": "v11.0"}
    async with Vault(address, credentials, **options) as vault:  # type: ignore[arg-type]
        await vault.with_options(meter=meter).documents.retrieve_all()
        await vault.with_options(meter=meter).documents.retrieve_all()

    assert meter.calls == 2
    assert meter.waited_s > 0.25


async def test_a_guard_keeps_calls_back(vault: Vault, sandbox: Sandbox) -> None:
    """What it refuses is not sent and costs no quota; the call raises what the guard did."""

    async def refuse() -> None:
        raise ClusterError("not yours")

    meter, listed = Meter(guard=refuse), sandbox.faults.delay(0, path="*/documents", count=None)
    for _ in range(2):
        with pytest.raises(ClusterError, match="not yours"):
            await vault.with_options(meter=meter).documents.retrieve_all()

    burst = (await vault.quota()).burst
    assert burst is not None
    assert (burst.used, meter.calls, listed.hits) == (1, 0, 0)  # the login


@pytest.mark.parametrize("asked", [1, 2, 4])
async def test_a_guard_ends_an_upload(sandbox: Sandbox, asked: int) -> None:
    """Until its last part it may be broken off, and then the vault has nothing of it."""
    left = iter([True] * asked)

    async def refuse() -> None:
        if not next(left, False):
            raise ClusterError("not yours any more")

    document, login = sandbox.documents.add("Plan"), Password(USER, PASSWORD)
    meter, content = Meter(guard=refuse), bytes(2 * 1024 * 1024 + 1)
    async with sandbox.serve() as url, Vault(url, login, api_version="v11.0") as vault:
        attachments = vault.with_options(meter=meter).documents.attachments(document)
        with pytest.raises(ClusterError, match="not yours any more"):
            await attachments.add(content, filename="a.bin")

    assert list(sandbox.documents[document].attachments) == []
