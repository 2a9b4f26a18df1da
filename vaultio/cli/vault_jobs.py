"""``vaultio jobs``: what the vault works on in the background."""

from __future__ import annotations

import time
from typing import Annotated

import typer

from vaultio import Job, JobFailedError
from vaultio.cli.connection import Access, Connection, Debug, Quiet
from vaultio.cli.console import for_people, say
from vaultio.cli.documents.reading import one_shown
from vaultio.cli.exits import DONE, SOME_FAILED
from vaultio.cli.options import grouped
from vaultio.cli.rows import Listing, row_of, whole, write_rows
from vaultio.cli.running import execute
from vaultio.cli.text import duration, told
from vaultio.cli.tree import group

JobId = Annotated[str, typer.Argument(metavar="ID", help="The job's id.", show_default=False)]
Timeout = Annotated[
    float | None,
    typer.Option(
        "--timeout", min=0, metavar="SECONDS", help="How long to wait; as long as it takes if 0."
    ),
]


@grouped
def show_command(job_id: JobId, listing: Listing, access: Access, debug: Debug = False) -> None:
    """Show how a job stands. Vault tells once in ten seconds.

    Example: `vaultio jobs show 39303`
    """
    execute(lambda: _show(access.connection(), job_id, listing), debug=debug)


@grouped
def wait_command(
    job_id: JobId,
    listing: Listing,
    access: Access,
    timeout: Timeout = 3600.0,
    quiet: Quiet = False,
    debug: Debug = False,
) -> None:
    """Wait until a job has ended; ask once in ten seconds, which is what Vault allows.

    Exit code 0: it succeeded; 3: it ended otherwise; 4: it still goes on after --timeout.

    Example: `vaultio jobs wait 39303 --timeout 600`
    """
    execute(lambda: _wait(access.connection(), job_id, timeout, listing, quiet), debug=debug)


jobs = group("Look at jobs of the vault, and wait for them.", show=show_command, wait=wait_command)


async def _show(known: Connection, job_id: str, listing: Listing) -> int:
    listing.check()
    async with known.open() as vault:
        job = await vault.jobs.retrieve(job_id)
    await write_rows(whole(one_shown(row_of(job), listing)), listing)
    return DONE


async def _wait(
    known: Connection, job_id: str, timeout_s: float | None, listing: Listing, quiet: bool
) -> int:
    listing.check()
    people, begun, last = for_people(), time.monotonic(), list[Job]()

    def show(job: Job) -> None:
        if not quiet and (not last or last[-1].status != job.status):
            passed = duration(time.monotonic() - begun)
            say(f"job {job_id}: {job.status} ({passed})", "dim", to=people)
        last.append(job)

    code = DONE
    async with known.open() as vault:
        try:
            await vault.jobs.wait(job_id, timeout_s=timeout_s or None, progress=show)
        except JobFailedError as error:
            for line in told(error):
                say(line, to=people)
            code = SOME_FAILED
    await write_rows(whole(one_shown(row_of(last[-1]), listing)), listing)
    return code
