"""A job's numbers in words, as bars and lines show them; safe for a terminal."""

from __future__ import annotations

from vaultio.cli.progress.snapshot import Snapshot, StageSnapshot
from vaultio.cli.text import count, duration, size
from vaultio.migration import Failed

MOST_FAILURES_SHOWN = 10
STOPPING = "stopping: what is in flight is finished and saved; press again to stop at once"
STOPPING_NOW = "stopping at once: what was in flight will be done by the next run"


def failure_line(event: Failed) -> str:
    """Say which item failed and why; the names in it are Vault's: not for a terminal as it is."""
    return f"failed: {event.item.label}: {event.result.message}"


def items(stage: StageSnapshot, *, is_all_found: bool) -> str:
    """Say how many of how many, of this run; ``+`` where more may be found."""
    more = "" if is_all_found else "+"
    return f"{stage.settled:,}/{stage.found:,}{more}"


def rates(stage: StageSnapshot) -> str:
    """Say how many items and bytes a second; nothing while that is unknown."""
    parts = [f"{stage.items_per_s:,.1f}/s"] if stage.items_per_s > 0 else []
    parts += [f"{size(stage.size_per_s)}/s"] if stage.size_per_s > 0 else []
    return ", ".join(parts)


def left(now: Snapshot) -> str:
    """Say how long it takes still, and what decides that; nothing while that is unknown."""
    if now.eta is None or now.is_stopping:
        return ""
    least = "" if now.is_all_found else "at least "
    return f"{least}{duration(now.eta.seconds)} left ({now.eta.by})"


def quotas(now: Snapshot) -> str:
    """Say how the quotas stand."""
    parts = []
    for one in now.quotas:
        waiting = f", {count(one.waiting, 'call')} waiting" if one.waiting else ""
        name = f"{one.side} quota" if one.side else "quota"
        parts.append(f"{name} {one.used:,}/{one.limit:,}{waiting}")
    return ", ".join(parts)


def line(now: Snapshot) -> str:
    """Say all of it in one line, for a log."""
    stage = now.current
    if stage is None:
        return f"{count(now.documents, 'document')} found so far, {duration(now.seconds)}"
    counted = items(stage, is_all_found=now.is_all_found)
    parts = [f"{stage.name}: {counted} items", size(stage.size), rates(stage)]
    parts += [f"{now.failed:,} failed", left(now), quotas(now)]
    return ", ".join(part for part in parts if part)
