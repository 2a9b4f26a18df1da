"""The worst days of an import: answers that are lost, runs that are cut off, bad rows."""

from __future__ import annotations

import asyncio
import sqlite3
from contextlib import closing, suppress
from pathlib import Path

import httpx
import pytest

from tests.leaks import PASSWORD
from tests.migration.importing import (
    entries,
    exported,
    imported,
    picture,
    row,
    write_copies,
    write_csv,
)
from vaultio import DowntimeError, Password, Vault
from vaultio.sandbox import Sandbox

FOLDER = "list-import-target.veevavault.com"
STAGES = (
    "documents",
    "versions",
    "renditions",
    "attachments",
    "roles",
    "binders",
    "contents",
    "relationships",
)
PATHS = (
    "/objects/documents",
    "/objects/documents/batch",
    "/objects/documents/[0-9]*",
    "*/renditions/*",
    "*/attachments",
    "/objects/documents/roles/batch",
    "/objects/binders",
    "*/sections",
    "/objects/binders/*/documents",
    "*/relationships",
)


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("kind", ["lost_answer", pytest.param("empty", marks=pytest.mark.heavy)])
async def test_answers_that_are_lost_after_the_deed(
    path: str,
    kind: str,
    vault: Vault,
    sandbox: Sandbox,
    there: Vault,
    target: Sandbox,
    tmp_path: Path,
) -> None:
    """Two creates of each sort are carried out and never answered: all is there, once."""
    await exported(vault, sandbox, tmp_path)
    fault = getattr(target.faults, kind)(method="P*T", path=path, count=2)

    report = await imported(there, tmp_path)

    assert (report.failures, picture(target)) == ((), picture(sandbox))
    assert fault.hits >= 1


async def test_every_create_loses_its_answer(
    vault: Vault, sandbox: Sandbox, there: Vault, target: Sandbox, tmp_path: Path
) -> None:
    """With nothing but lost answers the documents are found all the same."""
    await exported(vault, sandbox, tmp_path)
    target.faults.lost_answer(method="POST", path="/objects/documents*", count=None)

    await imported(there, tmp_path, retry_failed=False)
    target.faults.clear()
    report = await imported(there, tmp_path)

    assert (report.failed, picture(target)) == (0, picture(sandbox))


class Lagging(httpx.AsyncBaseTransport):
    """Carries calls to a sandbox, but for one query, the one of that number, that finds nothing."""

    def __init__(self, inner: httpx.AsyncBaseTransport, hidden: int) -> None:
        self._inner = inner
        self._left = hidden

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Answer a call."""
        self._left -= request.url.path.endswith("/query")
        if self._left == 0 and request.url.path.endswith("/query"):
            nothing = {"responseStatus": "SUCCESS", "responseDetails": {"total": 0}, "data": []}
            return httpx.Response(200, json=nothing)
        return await self._inner.handle_async_request(request)


async def test_an_index_that_lags(target: Sandbox, tmp_path: Path) -> None:
    """A document that cannot be found at once after its answer was lost is not made again."""
    source = write_copies(tmp_path, 1)
    fault = target.faults.lost_answer(method="POST", path="/objects/documents")
    url, who = "https://target.veevavault.com", Password("ana@example.com", PASSWORD)
    wire = Lagging(target.transport(), hidden=2)

    async with Vault(url, who, api_version="v11.0", transport=wire) as vault:
        report = await imported(vault, source)

    assert (report.failed, len(target.documents), fault.hits) == (0, 1, 1)
    assert report.calls == 1 + 1 + 1 + 2


async def cut_off(vault: Vault, target: Sandbox, source: Path, calls: int) -> bool:
    """Begin an import and cancel it after so many calls; say whether it was over before."""
    before = target.quota.calls
    running = asyncio.ensure_future(imported(vault, source))
    # The sandbox has no event for its calls.
    while not running.done() and target.quota.calls < before + calls:  # noqa: ASYNC110
        await asyncio.sleep(0)
    is_over = running.done()
    running.cancel()
    with suppress(asyncio.CancelledError):
        await running
    return is_over


@pytest.mark.parametrize(
    "calls", [1, *(pytest.param(n, marks=pytest.mark.heavy) for n in (2, 3)), 5]
)
async def test_an_import_that_is_cut_off_again_and_again(
    calls: int,
    vault: Vault,
    sandbox: Sandbox,
    there: Vault,
    target: Sandbox,
    tmp_path: Path,
) -> None:
    """Cancelled whenever it has made a few calls, each thing is there once in the end."""
    await exported(vault, sandbox, tmp_path)

    runs = [await cut_off(there, target, tmp_path, calls + run // 10) for run in range(40)]
    report = await imported(there, tmp_path)

    assert runs.count(False) >= 5
    assert (report.failures, picture(target)) == ((), picture(sandbox))
    assert report.is_complete


def died(manifest: Path, stage: str) -> None:
    """Make a manifest look as if the run had been killed with what it had just done."""
    with closing(sqlite3.connect(manifest)) as database, database:
        database.execute(
            "UPDATE items SET state = 'leased', holder = 'dead', lease_until = 1e12, size = NULL,"
            " target_id = NULL, target_version = NULL, reason = NULL"
            " WHERE state = 'done' AND ? IN (stage, 'all')",
            (stage,),
        )


@pytest.mark.parametrize("stage", ["all", *STAGES])
async def test_what_was_made_and_not_written_down(
    stage: str,
    vault: Vault,
    sandbox: Sandbox,
    there: Vault,
    target: Sandbox,
    tmp_path: Path,
) -> None:
    """A run that died with a whole stage in its hands, all of it done: nothing is made again."""
    await exported(vault, sandbox, tmp_path)
    report = await imported(there, tmp_path)
    died(report.path, stage)

    again = await imported(there, tmp_path)

    assert (again.failures, picture(target)) == ((), picture(sandbox))
    # What is looked for is also held against its file, attachments too.
    assert (again.files, again.verified >= report.verified) == (report.files, True)


async def test_an_outage_ends_the_run(there: Vault, target: Sandbox, tmp_path: Path) -> None:
    """A night without Vault leaves documents waiting, not failed, and none is made twice."""
    source = write_copies(tmp_path, 100)
    target.faults.downtime(method="POST", path="/objects/documents", skip=30, count=None)

    with pytest.raises(DowntimeError):
        await imported(there, source)
    waiting = [one for one in await entries(tmp_path / FOLDER) if one.state == "found"]
    target.faults.clear()
    report = await imported(there, source)

    assert len(waiting) == 70
    assert (report.count("done"), report.failed, len(target.documents)) == (100, 0, 100)


async def test_one_bad_row_of_500(there: Vault, target: Sandbox, tmp_path: Path) -> None:
    """The others are created; the row alone fails, and alone is sent again when it is mended."""
    rows = [row(number) for number in range(1, 501)]
    rows[250]["type__v"] = ""
    source = write_csv(tmp_path / "list.csv", rows)
    report = await imported(there, source)
    [bad] = report.failures
    assert (bad.source_id, bad.error_type) == ("251", "ParameterRequiredError")
    assert len(target.documents) == 499

    write_csv(source, [*rows[:250], row(251), *rows[251:]])
    report = await imported(there, source)

    assert (report.failed, len(target.documents)) == (0, 500)
    assert report.calls == 2 + 1 + 1


async def test_what_needs_a_document_that_failed(
    vault: Vault, sandbox: Sandbox, there: Vault, target: Sandbox, tmp_path: Path
) -> None:
    """It fails with the name of what it needs, and is made when that is there, in its place."""
    await exported(vault, sandbox, tmp_path)
    message = "not now"
    fault = target.faults.failure(
        "INVALID_DATA", message, method="POST", path="/objects/documents", count=None
    )
    report = await imported(there, tmp_path)
    reasons = {one.error_type: str(one.message) for one in report.failures}
    assert (fault.hits, reasons["InvalidDataError"][:12]) == (3, "INVALID_DATA")
    assert reasons["MissingReference"].startswith("needs document")

    target.faults.clear()
    report = await imported(there, tmp_path)

    assert (report.failures, picture(target)) == ((), picture(sandbox))
