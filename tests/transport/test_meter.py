"""A meter: what the calls of one view of a client cost."""

from __future__ import annotations

from tests.conftest import USER
from tests.leaks import PASSWORD
from vaultio import Limiter, Meter, Password, Quota, Vault
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
