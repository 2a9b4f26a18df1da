"""``vaultio copy``."""

from __future__ import annotations

from collections.abc import Coroutine
from pathlib import Path
from typing import Annotated, Any

import typer
from attrs import frozen

from vaultio.cli.clustering import Cluster, crew_of
from vaultio.cli.connection import Connection
from vaultio.cli.console import for_data
from vaultio.cli.exits import DONE
from vaultio.cli.exporting import Choice, Wanted, include_of, types_of
from vaultio.cli.importing import COSTS, Groups, Identity, Users, numbers_of
from vaultio.cli.jobs import DryRun, Output, RetryFailed, carried_out
from vaultio.cli.options import grouped
from vaultio.cli.planning import say_plan
from vaultio.cli.progress import Side
from vaultio.cli.running import execute
from vaultio.cli.sides import Sides
from vaultio.migration import Copy
from vaultio.migration.creating import (
    BINDERS,
    CONTENTS,
    IDENTITY,
    RELATIONSHIPS,
    ROLES,
)

_AT_SOURCE = dict.fromkeys((BINDERS, CONTENTS, RELATIONSHIPS, ROLES), 0.0)
_MB = 1_000_000

Spool = Annotated[
    Path,
    typer.Option(
        "--spool",
        metavar="DIR",
        help="A folder for files on their way, and for the manifest.",
        show_default=False,
    ),
]
SpoolMb = Annotated[
    int,
    typer.Option(
        min=1, metavar="MB", help="The bytes that lie there at once; a larger file goes alone."
    ),
]
Concurrency = Annotated[
    int,
    typer.Option(
        min=1, max=128, help="How many files to fetch at the same time, while as many are sent."
    ),
]


@frozen(kw_only=True)
class How:
    """The options that say how a copy goes about it."""

    identity: Identity = IDENTITY
    users: Users = None
    groups: Groups = None
    spool_mb: SpoolMb = 1_000
    concurrency: Concurrency = 8
    retry_failed: RetryFailed = True
    cluster: Cluster = None
    dry_run: DryRun = False


@grouped
def copy_command(
    spool: Spool, choice: Choice, wanted: Wanted, how: How, sides: Sides, output: Output
) -> None:
    """Copy documents from one vault to another, each file checked on both sides.

    No file stays on this machine. What was interrupted goes on, nothing is made twice. Try
    --dry-run first: it says how many calls, bytes and hours it takes.

    Example: `vaultio copy --spool on-the-way/ --source-profile old --target-profile new --ids 1,2`
    """

    def prepare() -> Coroutine[Any, Any, int]:
        types = types_of(wanted.renditions)
        settings: dict[str, Any] = {
            "spool": spool,
            "selection": choice.selection(),
            "include": include_of(wanted.include) | ({"renditions"} if types else set()),
            "rendition_types": types,
            "versions": wanted.versions,
            "identity": how.identity,
            "users": numbers_of(how.users, "--users"),
            "groups": numbers_of(how.groups, "--groups"),
            "spool_size": how.spool_mb * _MB,
            "concurrency": how.concurrency,
            "retry_failed": how.retry_failed,
        }
        source, target = sides.connections()
        settings["crew"] = crew_of(how.cluster, source, how.concurrency, target=target)
        return _copy((source, target), settings, how, output)

    execute(prepare, debug=output.debug, as_json=output.mode == "jsonl")


async def _copy(
    known: tuple[Connection, Connection], settings: dict[str, Any], how: How, output: Output
) -> int:
    one, other = known
    async with one.open(how.concurrency) as source, other.open(how.concurrency) as target:
        job, results = Copy(source, target, **settings), for_data()
        if how.dry_run:
            say_plan(await job.plan(), results)
            return DONE
        both = [
            Side(vault=source, costs=_AT_SOURCE, name="source"),
            Side(vault=target, costs=COSTS, name="target"),
        ]
        return await carried_out(job, both, output, results)
