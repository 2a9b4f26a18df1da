"""A job's milestones in the log: that it begins, its stages, its end, items that failed."""

from __future__ import annotations

from pathlib import Path

from vaultio.logs import logger
from vaultio.migration.events import Ended, Event, Failed, Stage

log = logger("migration")


def tell(kind: str, folder: Path, event: Event) -> None:
    """Log an event if it is a milestone; an item that failed is a warning."""
    where: dict[str, object] = {"job": kind, "folder": str(folder)}
    match event:
        case Stage(stage=stage, items=items):
            more = {**where, "stage": stage, "items": items}
            log.info("%s: %s begins, %d items wait", kind, stage, items, extra=more)
        case Failed(item=item, result=result):
            more = {**where, "item": item.number, "error_type": result.error_type}
            text = "%s: item %d failed: %s: %s"
            log.warning(text, kind, item.number, result.error_type, result.message, extra=more)
        case Ended(report=report):
            numbers = {
                "items": report.items,
                "failed": report.failed,
                "calls": report.calls,
                "waited_s": report.waited_s,
                "seconds": report.seconds,
                "bytes_received": report.fetched_size,
            }
            said = "is complete" if report.is_complete else "was stopped"
            text = "%s %s: %d items, %d failed, %d calls in %.1f s"
            values = (report.items, report.failed, report.calls, report.seconds)
            log.info(text, kind, said, *values, extra={**where, **numbers})
