"""``vaultio demo``: everything vaultio is for, on a vault that lives in memory for a moment."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, get_args

import anyio
import typer

from vaultio import Limiter, Password, Vault
from vaultio.cli.connection import Debug, Quiet
from vaultio.cli.console import for_data, for_people, say
from vaultio.cli.exits import INTERRUPTED
from vaultio.cli.jobs import Output, carried_out
from vaultio.cli.progress import Side
from vaultio.cli.running import execute
from vaultio.cli.serving import DEMO_PASSWORD, DEMO_USER, demo_sandbox
from vaultio.cli.summary import Row, summarise
from vaultio.downloads import verify_zip
from vaultio.migration import Export, Include

if TYPE_CHECKING:
    from vaultio.sandbox import Sandbox

API_VERSION = "v24.3"  # the first ones have no results of controlled copies
COPIED_TYPE = "Batch Record"

Folder = Annotated[Path, typer.Argument(metavar="[DIR]", help="The folder to put the files in.")]


def demo_command(
    folder: Folder = Path("vaultio-demo"), quiet: Quiet = False, debug: Debug = False
) -> None:
    """See it work: export a whole demo vault, with nothing to set up.

    Starts a Vault in memory on this machine, downloads its files over HTTP, checks each one, and
    leaves them in the folder. Takes a few seconds; a second run fetches nothing twice.

    Example: `vaultio demo`
    """
    execute(lambda: _demo(folder, quiet), debug=debug)


async def _demo(folder: Path, quiet: bool) -> int:
    sandbox: Sandbox = demo_sandbox()
    people, results = for_people(), for_data()
    async with sandbox.serve() as url:
        if not quiet:
            say(f"A vault in memory runs at {url}; nothing leaves this machine.", to=people)
        # The vault is nobody else's: its quota need not be spread.
        limiter = Limiter(pace=None)
        credentials = Password(DEMO_USER, DEMO_PASSWORD)
        async with Vault(url, credentials, api_version=API_VERSION, limiter=limiter) as vault:
            job = Export(vault, folder, include=get_args(Include))
            code = await carried_out(job, [Side(vault=vault)], Output(quiet=quiet), None)
            report = job.report
            if code == INTERRUPTED or report is None:
                return INTERRUPTED
            copy = await _controlled_copy(vault, sandbox, folder)
    summarise(report, results, more={"Controlled copy": copy})
    say(f" The files are in {os.fspath(folder)}{os.sep}", "bold", to=results)
    say(f" A row for each: {report.path}", to=results)
    return code


async def _controlled_copy(vault: Vault, sandbox: Sandbox, folder: Path) -> Row:
    """Make and fetch a controlled copy of one batch record, unless it is there already."""
    rows = await vault.query(
        "SELECT id, major_version_number__v, minor_version_number__v FROM documents "
        f"WHERE type__v = '{COPIED_TYPE}'"
    )
    row = rows.items[0]
    major, minor = row["major_version_number__v"], row["minor_version_number__v"]
    target = folder / "controlled-copies" / f"{row['id']}-{major}.{minor}.zip"
    if await anyio.Path(target).exists():
        return Row(files=1, size=(await anyio.Path(target).stat()).st_size)
    version = vault.documents.version(row["id"], major, minor)
    actions = await version.lifecycle_actions.retrieve_all()
    action = next(one for one in actions if one.type == "controlledCopy")
    job_id = await vault.controlled_copies.start(version, action.name)
    sandbox.jobs.finish_all()  # no need to wait for a demo
    job = await vault.jobs.wait(job_id)
    saved = await vault.controlled_copies.download(job, to=target)
    await verify_zip(saved.path)
    return Row(files=1, size=saved.size)
