"""The history of a job: each of its runs is in the manifest, and how it ended."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from tests.migration.books import book, drafts
from vaultio.errors import AuthenticationError, ConflictError, VaultioError
from vaultio.migration import schema
from vaultio.migration.entries import Entry, Result
from vaultio.migration.manifest import NAME, Manifest
from vaultio.migration.runner import Runner, Step

VERSION_1 = "DROP INDEX items_identity; DROP TABLE runs; PRAGMA user_version = 1"


async def _done(entry: Entry) -> Result:
    return Result(number=entry.number, state="done", size=5)


async def _run(manifest: Manifest, step: Step) -> None:
    await Runner(manifest, [step], holder="a:1:b").run()


async def test_a_run_is_written_down(tmp_path: Path) -> None:
    """What it did, in items and bytes, and that it came to its end."""
    async with book(tmp_path) as manifest:
        await manifest.add(drafts([1, 2, 3]))
        await _run(manifest, Step(stage="files", work=_done))
        [run] = await manifest.runs()

    assert (run.number, run.holder, run.outcome, run.message) == (1, "a:1:b", "complete", None)
    assert (run.done, run.failed, run.files, run.size) == (3, 0, 3, 15)
    assert run.ended_at is not None
    assert run.began_at <= run.ended_at


async def test_a_run_that_an_error_ended(tmp_path: Path) -> None:
    """Its error is in the history; the run after it is another."""

    async def refused(entry: Entry) -> Result:
        raise AuthenticationError("no", type="USER_LOCKED_OUT")

    async with book(tmp_path) as manifest:
        await manifest.add(drafts([1]))
        with pytest.raises(VaultioError):
            await _run(manifest, Step(stage="files", work=refused))
        await _run(manifest, Step(stage="files", work=_done))
        first, second = await manifest.runs()

    assert (first.outcome, second.outcome) == ("failed", "complete")
    assert first.message is not None
    assert first.message.startswith("AuthenticationError: ")


async def test_items_that_failed_are_counted_by_run(tmp_path: Path) -> None:
    """Failures are those of the run that met them."""

    async def taken(entry: Entry) -> Result:
        raise ConflictError("taken", type="X")

    async with book(tmp_path) as manifest:
        await manifest.add(drafts([1, 2]))
        await _run(manifest, Step(stage="files", work=taken))
        await _run(manifest, Step(stage="files", work=_done))
        runs = await manifest.runs()

    assert [(run.done, run.failed) for run in runs] == [(0, 2), (2, 0)]


async def test_a_run_without_an_end_has_died(tmp_path: Path) -> None:
    """The next run says so of the one that could not, and leaves its figures."""
    async with book(tmp_path) as manifest:
        number = await manifest.begin_run("a:1:b")
        await manifest.keep_run(number, dict.fromkeys(schema_figures(), 7))
        await manifest.begin_run("a:2:b")
        killed, running = await manifest.runs()

    assert (killed.outcome, killed.ended_at, killed.calls) == ("killed", killed.seen_at, 7)
    assert (running.outcome, running.ended_at) == (None, None)


def schema_figures() -> list[str]:
    """Name the figures of a run."""
    return ["done", "failed", "skipped", "files", "size", "calls", "waited_s"]


@pytest.mark.parametrize("samples", [0, 2])
async def test_a_manifest_of_version_1(tmp_path: Path, samples: int) -> None:
    """Its samples become one run; without any there was none."""
    async with book(tmp_path):
        pass
    with closing(sqlite3.connect(tmp_path / NAME)) as database:
        database.executescript(VERSION_1)
        rows = [(10.0 * one, 5 * one, 0, 50, 20 * one, 1.5, 0, 0) for one in range(1, samples + 1)]
        with database:
            database.executemany("INSERT INTO samples VALUES (?,?,?,?,?,?,?,?)", rows)

    async with book(tmp_path) as manifest:
        runs = await manifest.runs()

    assert schema.VERSION > 1
    found = [(run.outcome, run.began_at, run.ended_at, run.calls, run.done) for run in runs]
    assert found == ([("unknown", 10.0, 20.0, 40, 10)] if samples else [])
