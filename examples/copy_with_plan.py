"""Copy documents from one vault to another, after a look at what that takes.

The story: a company is sold, and its SOPs go to the buyer's vault. Both vaults are in use, so it
matters what the copy takes of their quotas: the plan says how many calls, bytes and hours, and if
it would take longer than a weekend nothing is begun. The copy holds each file against the size and
MD5 that both vaults know; on this machine a file stays only while it is on its way.

Run it::

    export VAULTIO_SOURCE_URL=https://seller.veevavault.com VAULTIO_SOURCE_USER=ana@example.com
    export VAULTIO_TARGET_URL=https://buyer.veevavault.com VAULTIO_TARGET_USER=bo@example.com
    export VAULTIO_SOURCE_PASSWORD=... VAULTIO_TARGET_PASSWORD=...
    python copy_with_plan.py

Without vaults, ``vaultio sandbox`` runs one in memory and prints its settings; a second one may
listen to another ``--port``.
"""

from __future__ import annotations

import asyncio
import os
import sys

from vaultio import Password, Vault
from vaultio.migration import ByQuery, Copy, Failed

LONGEST_S = 48 * 3600
SOPS = ByQuery("SELECT id FROM documents WHERE type__v = 'SOP'")


def opened(side: str) -> Vault:
    """Make the client of one of the vaults; each keeps to its own quota."""
    user, password = (os.environ[f"VAULTIO_{side}_{name}"] for name in ("USER", "PASSWORD"))
    url = os.environ[f"VAULTIO_{side}_URL"]
    return Vault(url, Password(user, password), api_version="v24.3")


async def copy(job: Copy) -> int:
    """Copy if that takes no longer than we have; 0 if all of it is there."""
    plan = await job.plan()
    print(plan)
    if plan.seconds > LONGEST_S:
        print("that is too long for a weekend: nothing was begun", file=sys.stderr)
        return 1
    async for event in job.run():
        if isinstance(event, Failed):
            print(f"{event.item.label}: {event.result.message!r}", file=sys.stderr)
    assert job.report is not None
    print(f"{job.report.count('done')} items copied in {job.report.calls} calls")
    return 0 if job.report.is_complete and not job.report.failed else 1


async def main() -> int:
    """Copy the SOPs."""
    async with opened("SOURCE") as source, opened("TARGET") as target:
        return await copy(Copy(source, target, spool="on-the-way", selection=SOPS))


if __name__ == "__main__":
    sys.exit(asyncio.run(main()))
