"""At its end a job leaves its report; that this cannot be written is no failure of the job."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path
from typing import Any

import pytest

from tests.migration.conftest import top
from vaultio import Vault
from vaultio.errors import AuthenticationError
from vaultio.migration import Event, Export, Started, export
from vaultio.sandbox import Sandbox

NAMES = [f"vaultio-report.{name}" for name in ("csv", "html", "json")]


def reports(folder: Path) -> list[str]:
    """Name the reports in a folder."""
    return sorted(path.name for path in folder.glob("vaultio-report.*"))


def read(folder: Path) -> dict[str, Any]:
    """Read the report for programs."""
    found: dict[str, Any] = json.loads((folder / NAMES[2]).read_text("ascii"))
    return found


async def test_an_export_leaves_its_report(vault: Vault, sandbox: Sandbox, tmp_path: Path) -> None:
    """It is whole when the job is over, and has what the job returned, of all runs."""
    sandbox.documents.add("A", b"abc")
    first = await export(vault, tmp_path)
    second = await export(vault, tmp_path)
    totals = read(tmp_path)["totals"]

    assert (reports(tmp_path), first.warnings) == (NAMES, ())
    assert (totals["files"], totals["bytes"], totals["verified_md5"]) == (1, 3, 1)
    assert totals["calls"] == first.calls + second.calls
    assert [run["outcome"] for run in read(tmp_path)["runs"]] == ["complete", "complete"]


async def test_a_report_that_cannot_be_written(
    vault: Vault, sandbox: Sandbox, tmp_path: Path
) -> None:
    """The job has succeeded all the same, and says what it lacks."""
    sandbox.documents.add("A", b"abc")
    (tmp_path / NAMES[1]).mkdir()

    report = await export(vault, tmp_path)

    assert (report.is_complete, report.files) == (True, 1)
    [warning] = report.warnings
    assert "vaultio-report.html" in warning
    assert "`vaultio report` makes it anew" in warning
    assert not [name for name in top(tmp_path) if name.endswith(".part")]


async def test_a_run_that_was_stopped(vault: Vault, sandbox: Sandbox, tmp_path: Path) -> None:
    """What was done by then is in the report, and that more waits."""
    for number in range(3):
        sandbox.documents.add(f"Plan {number}", b"abc")
    job = Export(vault, tmp_path, concurrency=1)
    async for event in job.run():
        if isinstance(event, Started):
            job.stop()

    report = read(tmp_path)
    assert report["status"] == "stopped"
    assert (report["totals"]["files"], report["totals"]["waiting"]) == (1, 2)


async def test_a_run_that_an_error_ended(vault: Vault, sandbox: Sandbox, tmp_path: Path) -> None:
    """The error is raised, and is in the report."""
    sandbox.documents.add("A", b"abc")
    sandbox.faults.failure("USER_LOCKED_OUT", path="*/auth", share=1.0)
    with pytest.raises(AuthenticationError):
        await export(vault, tmp_path)

    assert read(tmp_path)["status"] == "failed"
    assert "AuthenticationError" in read(tmp_path)["runs"][0]["message"]


async def test_a_run_that_was_cancelled(vault: Vault, sandbox: Sandbox, tmp_path: Path) -> None:
    """Who cancels does not wait for a report; it can be made at any time."""
    sandbox.documents.add("A", b"abc")

    def cancel(event: Event) -> None:
        if isinstance(event, Started):
            running.cancel()

    running = asyncio.ensure_future(export(vault, tmp_path, on_event=cancel))
    with pytest.raises(asyncio.CancelledError):
        await running
    assert reports(tmp_path) == []
