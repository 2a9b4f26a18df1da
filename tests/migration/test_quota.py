"""What an export says of the vault's quota."""

from __future__ import annotations

from pathlib import Path

from tests.conftest import USER
from tests.leaks import PASSWORD
from vaultio import Limiter, Password, Quota, Vault
from vaultio.migration import MANIFEST_NAME, Manifest, export
from vaultio.sandbox import Sandbox

ADDRESS = "https://a.veevavault.com"


async def test_waits_for_quota_are_written_down(sandbox: Sandbox, tmp_path: Path) -> None:
    """Report and samples have the calls, the time they waited, and the quota as it stands."""
    for number in range(10):
        sandbox.documents.add(f"Plan {number}")
    limiter = Limiter(burst=Quota(8, 0.4, fixed=True), daily=None, pace=None, reserved_share=0)
    options = {"limiter": limiter, "transport": sandbox.transport(), "api_version": "v11.0"}
    async with Vault(ADDRESS, Password(USER, PASSWORD), **options) as vault:  # type: ignore[arg-type]
        report = await export(vault, tmp_path)

    async with Manifest(tmp_path / MANIFEST_NAME) as manifest:
        [*_, last] = await manifest.samples()
    assert (report.files, report.calls) == (10, 11)
    assert (last.done, last.calls, last.waited_s) == (10, 11, report.waited_s)
    assert report.waited_s > 0.2
    assert (last.quota, last.used > 0) == (8, True)
