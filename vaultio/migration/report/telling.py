"""What a report says in words, the same in a terminal and on a page."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from attrs import frozen

from vaultio.migration.entries import ItemKind, Tally
from vaultio.migration.report.numbers import Status, Summary
from vaultio.migration.report.wording import count, duration, plain, size

Tone = Literal["good", "bad", "live", "dim"]

KINDS: dict[ItemKind, str] = {
    "document": "Documents",
    "source": "Source files",
    "rendition": "Renditions",
    "attachment": "Attachments",
    "annotation": "Annotations",
    "role": "Roles",
    "relationship": "Relationships",
    "binder": "Binders",
    "look": "Looks at the source",
}
_JOBS = {"export": "Export from", "import": "Import into", "copy": "Copy from"}
_REASONS = {
    "binder": "binders, which have no file of their own",
    "no file": "documents without a file",
    "not there": "files that might have been there, but were not",
}
_STATUS: dict[Status, str] = {
    "empty": "Nothing was begun yet",
    "running": "At work",
    "complete": "Complete",
    "stopped": "Stopped before the end",
    "cancelled": "Interrupted before the end",
    "failed": "Ended by an error",
    "killed": "Ended without a word: it was killed, or its disk was full",
    "unknown": "How the last run ended is not known",
}


@frozen(kw_only=True)
class KindRow:
    """The items of one stage and kind."""

    stage: str
    name: str
    done: int
    failed: int
    skipped: int
    waiting: int
    size: int
    checked: str
    """How its files were held against the source."""


def title(summary: Summary) -> str:
    """Name the job."""
    words = _JOBS.get(summary.kind, summary.kind)
    names = summary.target if summary.kind == "import" else summary.source
    both = f" to {summary.target}" if summary.kind == "copy" else ""
    return plain(f"{words} {names}{both}")


def status(summary: Summary) -> str:
    """Say how the job stands."""
    failed, waiting = summary.count("failed"), summary.waiting
    parts = [_STATUS[summary.status]]
    if summary.status == "failed" and (message := summary.runs[-1].message):
        parts = [f"Ended by an error: {plain(message)}"]
    if failed:
        parts.append(f"{count(failed, 'item')} failed")
    if waiting:
        parts.append(f"{count(waiting, 'item')} wait" + ("s" if waiting == 1 else ""))
    return " · ".join(parts)


def tone(summary: Summary) -> Tone:
    """Say in which colour."""
    if summary.status == "empty":
        return "dim"
    if summary.status == "running":
        return "live"
    return "good" if summary.status == "complete" and not summary.count("failed") else "bad"


def kind_rows(summary: Summary) -> list[KindRow]:
    """Gather the tallies to a row for each stage and kind."""
    names = {(one.stage, one.kind): None for one in summary.tallies}
    order = {kind: number for number, kind in enumerate(KINDS)}
    return [
        _kind_row(stage, kind, [x for x in summary.tallies if (x.stage, x.kind) == (stage, kind)])
        for stage, kind in sorted(names, key=lambda one: order.get(one[1], len(order)))
    ]


def skipped_lines(summary: Summary) -> list[str]:
    """Say what was skipped, and why."""
    lines = [
        f"{number:,} {_REASONS.get(reason, plain(reason))}"
        for reason, number in sorted(summary.reasons.items())
    ]
    return [*lines, left_out_line(summary.left_out)] if summary.left_out else lines


def left_out_line(names: Sequence[str]) -> str:
    """Say which fields were not brought."""
    return f"{count(len(names), 'field')} that the target does not know: {plain(', '.join(names))}"


def figures(summary: Summary) -> list[tuple[str, str, str]]:
    """Return the figures of the job: a name, the value, and a remark."""
    seconds, peak = summary.seconds, summary.quota_peak
    of_quota = f"at most {peak.used / peak.quota:.0%} of {peak.quota:,} were used" if peak else ""
    runs, moved = count(len(summary.runs), "run"), summary.moved
    per_call = f"{duration(summary.waited_s / summary.calls)} a call" if summary.calls else ""
    return [
        ("Items done", f"{summary.count('done'):,}", f"of {summary.items:,} found"),
        ("Failed", f"{summary.count('failed'):,}", f"{summary.count('skipped'):,} skipped"),
        ("Files", f"{summary.files:,}", f"{summary.verified:,} verified by MD5"),
        ("Bytes", size(summary.size), f"{size(moved)} moved in all runs"),
        ("Time at work", duration(seconds), runs),
        ("Throughput", f"{size(summary.speed)}/s", _per_minute(summary.files, seconds, "files")),
        ("API calls", f"{summary.calls:,}", _per_minute(summary.calls, seconds, "calls")),
        (
            "Waited for quota",
            duration(summary.waited_s),
            of_quota or per_call,
        ),
    ]


def _per_minute(number: int, seconds: float, what: str) -> str:
    return f"{number / seconds * 60:,.0f} {what} a minute" if seconds else ""


def _kind_row(stage: str, kind: ItemKind, tallies: Sequence[Tally]) -> KindRow:
    by_state = {one.state: one.items for one in tallies}
    done = [one for one in tallies if one.state == "done"]
    return KindRow(
        stage=stage,
        name=KINDS.get(kind, kind),
        done=by_state.get("done", 0),
        failed=by_state.get("failed", 0),
        skipped=by_state.get("skipped", 0),
        waiting=by_state.get("found", 0) + by_state.get("leased", 0),
        size=sum(one.size for one in done),
        checked=_checked(done),
    )


def _checked(done: Sequence[Tally]) -> str:
    by_md5, by_length = sum(one.verified for one in done), sum(one.measured for one in done)
    rest = sum(one.files for one in done) - by_md5 - by_length
    parts = (
        f"{by_md5:,} by MD5" if by_md5 else "",
        f"{by_length:,} by length" if by_length else "",
        f"{rest:,} complete (no MD5 known)" if rest else "",
    )
    return ", ".join(part for part in parts if part)
