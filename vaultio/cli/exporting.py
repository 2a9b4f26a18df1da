"""``vaultio export``."""

from __future__ import annotations

import re
import sys
from collections.abc import Coroutine
from pathlib import Path
from typing import Annotated, Any, Literal, get_args

import typer
from attrs import frozen

from vaultio.cli.clustering import Cluster, crew_of
from vaultio.cli.connection import Access, Connection
from vaultio.cli.console import for_data
from vaultio.cli.exits import DONE
from vaultio.cli.jobs import DryRun, Output, RetryFailed, carried_out
from vaultio.cli.options import grouped
from vaultio.cli.planning import say_plan
from vaultio.cli.progress import Side
from vaultio.cli.running import UsageError, execute
from vaultio.errors import InvalidArgumentError
from vaultio.migration import (
    DEFAULT_TEMPLATE,
    AllDocuments,
    ByCsv,
    ById,
    ByQuery,
    Export,
    Include,
    Recheck,
    Selection,
)

To = Annotated[Path, typer.Option("--to", metavar="DIR", help="The folder to put the files in.")]
Ids = Annotated[
    str | None,
    typer.Option(
        metavar="1,2,3|@FILE",
        help="Only these documents; @FILE reads their ids from a file, @- from standard input.",
    ),
]
Vql = Annotated[
    str | None,
    typer.Option(
        metavar="QUERY",
        help="Only the documents that a query finds, such as "
        "\"SELECT id FROM documents WHERE type__v = 'Protocol'\".",
    ),
]
Csv = Annotated[
    Path | None,
    typer.Option(
        metavar="FILE", help="Only the documents of a CSV file, by their ids or external ids."
    ),
]
CsvColumn = Annotated[
    str | None,
    typer.Option(
        metavar="NAME[=FIELD]",
        help="Its column, and the field of documents that this holds, if it is called otherwise. "
        "Else id or external_id__v is looked for.",
    ),
]
IncludeKinds = Annotated[
    str,
    typer.Option(
        metavar="KINDS",
        help="What to fetch of each: source, renditions, attachments, annotations, roles, "
        "relationships, binders; several with commas.",
    ),
]
Renditions = Annotated[
    str | None,
    typer.Option(
        metavar="TYPES",
        help="Renditions of these types alone, such as viewable_rendition__v; several with commas.",
    ),
]
Concurrency = Annotated[
    int, typer.Option(min=1, max=128, help="How many files to fetch at the same time.")
]
Template = Annotated[
    str, typer.Option(metavar="NAMES", help="Where each file goes, by fields of its document.")
]
Versions = Annotated[
    Literal["latest", "all"], typer.Option(help="Which versions of each document.")
]
RecheckFiles = Annotated[
    Recheck,
    typer.Option(help="How files that are there already are held against the manifest."),
]


@frozen(kw_only=True)
class Choice:
    """The options that say which documents."""

    ids: Ids = None
    vql: Vql = None
    csv: Csv = None
    csv_column: CsvColumn = None

    def selection(self) -> Selection:
        """Read them, or raise `UsageError`."""
        given = [one for one in (self.ids, self.vql, self.csv) if one is not None]
        if len(given) > 1:
            raise UsageError("give one of --ids, --vql and --csv")
        if self.csv_column is not None and self.csv is None:
            raise UsageError("--csv-column goes with --csv")
        if self.csv is not None:
            return csv_of(self.csv, self.csv_column)
        return selection_of(self.ids, self.vql)


@frozen(kw_only=True)
class Wanted:
    """The options that say what of each document, and where it goes."""

    include: IncludeKinds = "source"
    renditions: Renditions = None
    versions: Versions = "latest"


@frozen(kw_only=True)
class How:
    """The options that say how an export goes about it."""

    template: Template = DEFAULT_TEMPLATE
    concurrency: Concurrency = 8
    recheck: RecheckFiles = "size"
    retry_failed: RetryFailed = True
    cluster: Cluster = None
    dry_run: DryRun = False


@grouped
def export_command(
    to: To, choice: Choice, wanted: Wanted, how: How, access: Access, output: Output
) -> None:
    """Download many documents: checked, accounted for, and safe to run again.

    Without --ids, --vql or --csv these are all documents that the user may see. What was
    interrupted goes on. In the folder vaultio-manifest.db has a row for every item, and metadata/
    all fields. Ctrl-C once finishes what is in flight, twice stops at once.

    Example: `vaultio export --to exports/ --ids 1,2,3 --include source,attachments`
    """

    def prepare() -> Coroutine[Any, Any, int]:
        types = types_of(wanted.renditions)
        settings: dict[str, Any] = {
            "selection": choice.selection(),
            "include": include_of(wanted.include) | ({"renditions"} if types else set()),
            "rendition_types": types,
            "versions": wanted.versions,
            "template": how.template,
            "concurrency": how.concurrency,
            "recheck": how.recheck,
            "retry_failed": how.retry_failed,
        }
        known = access.connection()
        settings["crew"] = crew_of(how.cluster, known, how.concurrency)
        return _export(known, to, settings, how, output)

    execute(prepare, debug=output.debug, as_json=output.mode == "jsonl")


async def _export(
    known: Connection, to: Path, settings: dict[str, Any], how: How, output: Output
) -> int:
    async with known.open(how.concurrency) as vault:
        job, results = Export(vault, to, **settings), for_data()
        if how.dry_run:
            say_plan(await job.plan(), results)
            return DONE
        return await carried_out(job, [Side(vault=vault)], output, results)


def selection_of(ids: str | None, vql: str | None) -> Selection:
    """Read --ids or --vql, or raise `UsageError`."""
    if vql is not None:
        return ByQuery(vql)
    if ids is None:
        return AllDocuments()
    words = [word for word in re.split(r"[\s,;]+", _text_of(ids)) if word]
    for word in words:
        if not (word.isascii() and word.isdigit()):
            raise UsageError(f"--ids takes document ids such as 1,2,3 or @FILE, not {word!r}")
    return ById(map(int, words))


def csv_of(path: Path, column: str | None) -> ByCsv:
    """Read --csv and --csv-column, or raise `UsageError`; of the file its first line alone."""
    name, _, field = (column or "").partition("=")
    try:
        return ByCsv.of(path, column=name or None, field=field or None)
    except InvalidArgumentError as error:
        raise UsageError(f"--csv {error}") from error


def types_of(text: str | None) -> frozenset[str] | None:
    """Read --renditions, or raise `UsageError`."""
    if text is None:
        return None
    words = frozenset(word.strip() for word in text.split(",") if word.strip())
    if not words:
        raise UsageError("--renditions takes types such as viewable_rendition__v")
    return words


def include_of(text: str) -> frozenset[Include]:
    """Read --include, or raise `UsageError`."""
    kinds: tuple[Include, ...] = get_args(Include)
    words = {word.strip() for word in text.split(",") if word.strip()}
    if not words or not words <= set(kinds):
        raise UsageError(f"--include takes {', '.join(kinds)}, not {text!r}")
    return frozenset(kind for kind in kinds if kind in words)


def _text_of(ids: str) -> str:
    if not ids.startswith("@"):
        return ids
    if ids == "@-":
        return sys.stdin.read()
    try:
        return Path(ids[1:]).read_text("utf-8-sig")
    except (OSError, UnicodeError) as error:
        raise UsageError(f"--ids {ids}: {error}") from error
