"""The numbers of a report: true over all runs, at any time, whatever state the job is in."""

from __future__ import annotations

import asyncio
import os
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from tests.migration.stories import BEGAN, DENIED, HOLDER, begun
from vaultio import errors
from vaultio.errors import InvalidArgumentError, VaultioError
from vaultio.migration.report import Summary, summarise
from vaultio.migration.report.hints import _HINTS, advice, hint

WRITER = """
import asyncio, os, sys
from pathlib import Path
from tests.migration.stories import begun

async def main():
    story = begun(Path(sys.argv[1]))
    async with story.manifest:
        await story.manifest.begin_run(f"{__import__('socket').gethostname()}:{os.getpid()}:x")
        while True:
            await story.add(10)
            print("more", flush=True)

asyncio.run(main())
"""


async def _two_runs(folder: Path) -> Summary:
    """Tell of a run that was stopped, a night's pause, and a run to the end."""
    story = begun(folder)
    async with story.manifest:
        await story.run(6, [DENIED], outcome="stopped", calls=9, waited_s=1.5)
        story.clock.at += 36_000
        await story.run(2, [("X", "x")], calls=4, waited_s=0.5)
        story.clock.at -= 50
        await story.sample(1, 10)
        return await summarise(folder)


async def test_figures_are_of_all_runs(tmp_path: Path) -> None:
    """Calls, waits, bytes and time add up; the pause between runs is no time at work."""
    summary = await _two_runs(tmp_path)

    assert (summary.calls, summary.waited_s, summary.seconds) == (13, 2.0, 200.0)
    assert (summary.files, summary.size, summary.moved, summary.verified) == (8, 80, 80, 8)
    assert (summary.items, summary.count("failed"), summary.waiting) == (10, 2, 0)
    assert summary.speed == 0.4


async def test_progress_over_time_at_work(tmp_path: Path) -> None:
    """The picture ends with all that was done, at the end of the time at work."""
    summary = await _two_runs(tmp_path)
    points = summary.points

    assert [one.work_s for one in summary.quota_points] == [150.0]
    assert (points[0].work_s, points[0].done) == (0.0, 0)
    assert (points[-1].work_s, points[-1].done, points[-1].failed) == (200.0, 8, 2)
    assert points[-1].size == 80
    assert [one.done for one in points if one.work_s == 100.0] == [6]


async def test_failures_by_type(tmp_path: Path) -> None:
    """The most frequent comes first, with what the first of them said."""
    story = begun(tmp_path)
    async with story.manifest:
        await story.run(0, [("X", "x"), DENIED, ("AccessDeniedError", "another")])
        summary = await summarise(tmp_path)

    found = [(one.error_type, one.items, one.message) for one in summary.troubles]
    assert found == [("AccessDeniedError", 2, DENIED[1]), ("X", 1, "x")]
    assert [one.source_id for one in summary.failures] == ["0", "1", "2"]


async def test_the_quota(tmp_path: Path) -> None:
    """Samples where the quota was not known count for nothing; the peak is the highest share."""
    story = begun(tmp_path)
    async with story.manifest:
        for used, quota in ((5, 0), (30, 100), (60, 1000)):
            story.clock.at += 1
            await story.sample(used, quota)
        summary = await summarise(tmp_path)

    assert summary.quota_peak is not None
    assert (summary.quota_peak.used, summary.quota_peak.quota) == (30, 100)


async def test_how_a_job_stands(tmp_path: Path) -> None:
    """Each end of a run has its word; a run of another machine lives as long as it is heard of."""
    story, found = begun(tmp_path), list[str]()
    async with story.manifest:
        found.append((await _now(story.manifest.path)).status)
        for outcome in ("complete", "stopped", "cancelled", "failed", None):
            await story.run(1, outcome=outcome, message=None)
            found.append((await _now(story.manifest.path)).status)

    ends = ["complete", "stopped", "cancelled", "failed"]
    assert found == ["empty", *ends, "killed"]


async def _now(path: Path) -> Summary:
    return await summarise(path)


async def test_while_a_job_runs_and_after_it_was_killed(tmp_path: Path) -> None:
    """Every look at a job under way is of one moment; a kill is known for what it is."""
    command = [sys.executable, "-c", WRITER, str(tmp_path)]
    writer = await asyncio.create_subprocess_exec(*command, stdout=asyncio.subprocess.PIPE)
    assert writer.stdout is not None
    await writer.stdout.readline()

    looks = [await summarise(tmp_path) for _ in range(20)]
    writer.kill()
    await writer.communicate()
    after = await summarise(tmp_path)

    assert {one.status for one in looks} == {"running"}
    assert all(one.items % 10 == 0 for one in looks)
    assert looks[-1].items <= after.items
    assert after.status == "killed"


async def test_a_look_is_of_one_moment(tmp_path: Path) -> None:
    """What is written between two questions is in the answer to neither."""
    story = begun(tmp_path)

    def twice(database: sqlite3.Connection) -> list[int]:
        first = database.execute("SELECT count(*) FROM samples").fetchone()[0]
        with closing(sqlite3.connect(story.manifest.path)) as other, other:
            other.execute("INSERT INTO samples VALUES (1, 0, 0, 0, 0, 0, 0, 0)")
        return [first, database.execute("SELECT count(*) FROM samples").fetchone()[0]]

    async with story.manifest as manifest:
        assert await manifest.read(twice) == [0, 0]
        assert len(await manifest.samples()) == 1


async def test_a_run_whose_process_is_gone(tmp_path: Path) -> None:
    """What another process on this machine left behind is not taken for one at work."""
    gone = subprocess.Popen([sys.executable, "-c", ""])  # noqa: ASYNC220 - it ends at once
    await asyncio.to_thread(gone.wait)
    host = os.uname().nodename
    story = begun(tmp_path)
    async with story.manifest:
        await story.run(1, outcome=None, holder=f"{host}:{gone.pid}:x")
        status = (await summarise(tmp_path)).status

    assert (status, HOLDER.startswith(host)) == ("killed", False)


async def test_no_manifest(tmp_path: Path) -> None:
    """A folder in which no job was begun is said to be one."""
    with pytest.raises(InvalidArgumentError, match="no manifest"):
        await summarise(tmp_path)


def test_every_error_has_a_hint() -> None:
    """No hint is hidden behind one before it, and what is not known has a word, too."""
    kinds = [kind for kind, _ in _HINTS]
    hidden = [b for n, b in enumerate(kinds) if any(issubclass(b, a) for a in kinds[:n])]
    other = hint("NoSuchError")

    assert hidden == []
    assert hint(None) == hint("__name__") == other
    assert hint("NotFoundError") != hint("DowntimeError") == hint("ConnectionLostError") != other
    assert {hint(kind.__name__) for kind in kinds} == {text for _, text in _HINTS}
    assert all(issubclass(getattr(errors, kind.__name__), VaultioError) for kind in kinds)


def test_the_command_that_goes_on(tmp_path: Path) -> None:
    """A folder with spaces in it is quoted; the time of a story is where it was put."""
    assert "vaultio export --to '/a b'" in advice("export", Path("/a b"))
    assert BEGAN == 1_000_000.0
