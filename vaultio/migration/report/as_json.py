"""The report as JSON for programs. Within a version keys may be added; none goes or changes.

Version 1, one object. Times (``…_at``) are seconds since 1970, UTC; sizes are bytes.

======================  =========================================================================
format, version         ``"vaultio-report"``, 1
made_at, status         when it was made; empty, running, complete, stopped, cancelled, failed,
                        killed or unknown: how the last run ended
job                     kind (export, import, copy), source, target
totals                  items, done, failed, skipped, waiting; documents, files, bytes;
                        verified_md5 and verified_length (files held against the source's MD5,
                        or its length alone); over all runs calls, quota_wait_s (of all calls
                        added up), work_s, moved_bytes, bytes_per_s, calls_per_s
counts                  a row for each stage, kind and state: items, bytes, expected_bytes,
                        verified_md5, verified_length
skipped                 items by the reason
left_out                fields that had values and that the target does not know
failures_by_type        error_type, items, message (of the first), advice
retry                   command and text: how what failed is tried again
quota_peak              used, quota: the most that was used of the window; null if not known
runs                    number, began_at, ended_at, outcome, message, work_s, done, failed,
                        skipped, files, bytes, calls, quota_wait_s, vaultio
progress                work_s, done, failed, skipped, bytes: how far it was, over time at work
quota_use               work_s, used, quota, calls: likewise
failures                every item that failed: the columns of the manifest, and advice. While a
                        job runs they are read a moment later than the rest
======================  =========================================================================
"""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from typing import Any

import attrs

from vaultio.migration.entries import Run, Tally
from vaultio.migration.manifest import Manifest
from vaultio.migration.report.hints import advice, command, hint
from vaultio.migration.report.numbers import Point, QuotaPoint, Summary
from vaultio.migration.report.rows import pages

FORMAT, VERSION = "vaultio-report", 1


async def json_text(manifest: Manifest, summary: Summary) -> AsyncIterator[str]:
    """Yield the file in pieces, the failures page by page."""
    head = json.dumps(_head(summary), ensure_ascii=True, indent=1)
    yield f'{head[:-2]},\n "failures": ['
    separator = "\n  "
    async for page in pages(manifest, items="failed"):
        rows = (json.dumps({**row, "advice": hint(row["error_type"])}) for row in page)
        yield separator + ",\n  ".join(rows)
        separator = ",\n  "
    yield "\n ]\n}\n"


def _head(summary: Summary) -> dict[str, Any]:
    peak, folder = summary.quota_peak, summary.path.parent
    return {
        "format": FORMAT,
        "version": VERSION,
        "made_at": summary.made_at,
        "status": summary.status,
        "job": {"kind": summary.kind, "source": summary.source, "target": summary.target},
        "totals": _totals(summary),
        "counts": [_tally(one) for one in summary.tallies],
        "skipped": dict(summary.reasons),
        "left_out": list(summary.left_out),
        "failures_by_type": [
            {**attrs.asdict(one), "advice": hint(one.error_type)} for one in summary.troubles
        ],
        "retry": {
            "command": command(summary.kind, folder),
            "text": advice(summary.kind, folder),
        },
        "quota_peak": {"used": peak.used, "quota": peak.quota} if peak else None,
        "runs": [_run(one) for one in summary.runs],
        "progress": [_point(one) for one in summary.points],
        "quota_use": [_quota(one) for one in summary.quota_points],
    }


def _totals(summary: Summary) -> dict[str, Any]:
    seconds = summary.seconds
    return {
        "items": summary.items,
        **{state: summary.count(state) for state in ("done", "failed", "skipped")},
        "waiting": summary.waiting,
        "documents": summary.documents,
        "files": summary.files,
        "bytes": summary.size,
        "verified_md5": summary.verified,
        "verified_length": summary.measured,
        "calls": summary.calls,
        "quota_wait_s": summary.waited_s,
        "work_s": seconds,
        "moved_bytes": summary.moved,
        "bytes_per_s": summary.speed,
        "calls_per_s": summary.calls / seconds if seconds else 0.0,
    }


def _tally(tally: Tally) -> dict[str, Any]:
    return {
        "stage": tally.stage,
        "kind": tally.kind,
        "state": tally.state,
        "items": tally.items,
        "bytes": tally.size,
        "expected_bytes": tally.expected_size,
        "verified_md5": tally.verified,
        "verified_length": tally.measured,
    }


def _run(run: Run) -> dict[str, Any]:
    values = attrs.asdict(run)
    del values["holder"], values["seen_at"]  # they name machines, and are the manifest's own
    values |= {"bytes": values.pop("size"), "quota_wait_s": values.pop("waited_s")}
    return {**values, "work_s": run.seconds}


def _point(point: Point) -> dict[str, Any]:
    values = attrs.asdict(point)
    values["bytes"] = values.pop("size")
    return values


def _quota(point: QuotaPoint) -> dict[str, Any]:
    return attrs.asdict(point)
