"""What a manifest says in numbers: summed up by SQL, so that no item needs to be in memory.

A look takes one moment of the manifest, also while a job writes to it. Pictures are drawn over the
*time at work*: the runs of a job one after the other, without the pauses between them.
"""

from __future__ import annotations

import os
import socket
import sqlite3
import sys
from bisect import bisect_right
from collections.abc import Mapping
from itertools import accumulate
from pathlib import Path
from typing import Any, Literal

from attrs import frozen

from vaultio.migration.entries import Entry, Outcome, Run, Tally
from vaultio.migration.manifest import Manifest
from vaultio.migration.outcome import Counts
from vaultio.migration.statements import TALLIES

Status = Literal["empty", "running"] | Outcome
"""Nothing was begun yet; a run is at work; or how the last run ended."""

MOST_LISTED = 200
"""Failures that are kept whole; all of them are in the CSV and JSON files."""

_POINTS = 120
_SILENT_S = 60.0


@frozen
class Point:
    """Where the job was after so many seconds at work: items and bytes that have stayed."""

    work_s: float
    done: int
    failed: int
    skipped: int
    size: int


@frozen
class QuotaPoint:
    """How many calls of the quota's window were used (`quota` 0: not known), and made so far."""

    work_s: float
    used: int
    quota: int
    calls: int


@frozen
class Trouble:
    """All failures of one class of error, with the message of the first."""

    error_type: str
    items: int
    message: str


@frozen(kw_only=True, repr=False)
class Summary(Counts):
    """A manifest in numbers, at one moment (`made_at`, seconds since 1970). All runs count."""

    path: Path
    kind: str
    source: str
    target: str
    made_at: float
    status: Status
    reasons: Mapping[str, int]
    left_out: tuple[str, ...]
    """Fields that had values and were not brought: the target does not know them."""

    troubles: tuple[Trouble, ...]
    failures: tuple[Entry, ...]
    """The first 200."""

    runs: tuple[Run, ...]
    points: tuple[Point, ...]
    quota_points: tuple[QuotaPoint, ...]
    quota_peak: QuotaPoint | None
    """When most of the quota was used; None if it was never known."""

    @property
    def calls(self) -> int:
        """API calls of all runs, those that were repeated too, without logins."""
        return sum(run.calls for run in self.runs)

    @property
    def waited_s(self) -> float:
        """Seconds that calls waited for quota, all added up: several wait at once."""
        return sum(run.waited_s for run in self.runs)

    @property
    def seconds(self) -> float:
        """Seconds at work."""
        return sum(run.seconds for run in self.runs)

    @property
    def moved(self) -> int:
        """Bytes that all runs brought, those of files that were brought again too."""
        return sum(run.size for run in self.runs)

    @property
    def speed(self) -> float:
        """Bytes per second at work."""
        return self.moved / self.seconds if self.seconds else 0.0


async def summarised(manifest: Manifest) -> Summary:
    """Sum up a manifest as it is now."""
    job, made_at = await manifest.job(), manifest.now()
    return await manifest.read(lambda database: _summary(database, manifest.path, job, made_at))


def _summary(
    database: sqlite3.Connection, path: Path, job: Mapping[str, Any], made_at: float
) -> Summary:
    rows = database.execute("SELECT * FROM runs ORDER BY number")
    runs = tuple(Run(**dict(row)) for row in rows)
    seconds = sum(run.seconds for run in runs)
    _teach(database, runs)
    tallies = tuple(Tally(**dict(row)) for row in database.execute(TALLIES))
    return Summary(
        path=path,
        kind=str(job.get("kind", "")),
        source=str(job.get("source", "")),
        target=str(job.get("target", "")),
        made_at=made_at,
        status=_status(runs, made_at),
        tallies=tallies,
        reasons=_reasons(database),
        left_out=tuple(job.get("left_out", ())),
        troubles=_troubles(database),
        failures=_failures(database),
        runs=runs,
        points=_points(database, seconds, sum(one.items for one in tallies)),
        quota_points=_quota_points(database, seconds),
        quota_peak=_peak(database),
    )


def _status(runs: tuple[Run, ...], now: float) -> Status:
    if not runs:
        return "empty"
    last = runs[-1]
    if last.ended_at is None:
        return "running" if _lives(last, now) else "killed"
    return last.outcome or "unknown"


def _lives(run: Run, now: float) -> bool:
    """Guess whether a run without an end is still at work: by its process, or by its last word."""
    host, _, rest = run.holder.partition(":")
    process = rest.partition(":")[0]
    if host != socket.gethostname() or not process.isdecimal() or sys.platform == "win32":
        return now - run.seen_at < _SILENT_S
    try:
        os.kill(int(process), 0)
    except ProcessLookupError:
        return False
    except OSError:  # somebody else's process
        return True
    return True


def _teach(database: sqlite3.Connection, runs: tuple[Run, ...]) -> None:
    """Teach the database ``working(at)``: the seconds at work at a moment (since 1970)."""
    begins = [run.began_at for run in runs]
    before = list(accumulate((run.seconds for run in runs), initial=0.0))

    def working(at: float) -> float:
        index = bisect_right(begins, at) - 1
        if index < 0:
            return 0.0
        return before[index] + min(at - begins[index], runs[index].seconds)

    database.create_function("working", 1, working, deterministic=True)


def _reasons(database: sqlite3.Connection) -> dict[str, int]:
    query = "SELECT reason, count(*) FROM items WHERE state = 'skipped' GROUP BY reason"
    return {str(reason): int(number) for reason, number in database.execute(query)}


def _troubles(database: sqlite3.Connection) -> tuple[Trouble, ...]:
    # min() makes the other columns those of its row.
    query = (
        "SELECT coalesce(error_type, '') AS error, count(*) AS items, message, min(number)"
        " FROM items WHERE state = 'failed' GROUP BY error ORDER BY items DESC, error"
    )
    return tuple(Trouble(row[0], row[1], row[2] or "") for row in database.execute(query))


def _failures(database: sqlite3.Connection) -> tuple[Entry, ...]:
    query = "SELECT * FROM items WHERE state = 'failed' ORDER BY number LIMIT ?"
    return tuple(map(Entry.of, database.execute(query, (MOST_LISTED,))))


def _points(database: sqlite3.Connection, seconds: float, items: int) -> tuple[Point, ...]:
    """Sum up when items got the state that they have, in steps of a second and 4 items at least."""
    if not seconds:
        return ()
    steps = max(1, min(_POINTS, int(seconds), items // 4))
    query = (
        "SELECT min(CAST(working(updated_at) / :width AS INTEGER), :last) AS step,"
        " sum(state = 'done'), sum(state = 'failed'), sum(state = 'skipped'),"
        " coalesce(sum(CASE state WHEN 'done' THEN size END), 0)"
        " FROM items WHERE state IN ('done', 'failed', 'skipped') GROUP BY step ORDER BY step"
    )
    width = seconds / steps
    rows = database.execute(query, {"width": width, "last": steps - 1})
    found = {step: counts for step, *counts in rows}
    points, sums = [Point(0.0, 0, 0, 0, 0)], [0, 0, 0, 0]
    for step in range(steps):
        sums = [one + more for one, more in zip(sums, found.get(step, (0, 0, 0, 0)), strict=True)]
        points.append(Point((step + 1) * width, *sums))
    return tuple(points)


def _quota_points(database: sqlite3.Connection, seconds: float) -> tuple[QuotaPoint, ...]:
    # max() makes the other columns those of its row.
    query = (
        "SELECT working(at), used, quota, calls, max(at) FROM samples"
        " GROUP BY CAST(working(at) / :width AS INTEGER) ORDER BY at"
    )
    rows = database.execute(query, {"width": max(seconds / _POINTS / 2, 0.001)})
    return tuple(QuotaPoint(*row[:4]) for row in rows)


def _peak(database: sqlite3.Connection) -> QuotaPoint | None:
    query = (
        "SELECT working(at), used, quota, calls FROM samples WHERE quota > 0"
        " ORDER BY used * 1.0 / quota DESC LIMIT 1"
    )
    row = database.execute(query).fetchone()
    return QuotaPoint(*row) if row else None
