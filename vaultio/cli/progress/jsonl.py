"""Progress for programs: one JSON object a line.

Each has ``at`` (UTC, ISO 8601) and ``event``; what comes beside them by ``event``:

=========  =====================================================================================
stage      ``stage``, ``items`` that wait, ``size`` (their bytes, where known), ``done_before``
listed     ``documents``: all have been found
failed     ``key``, ``stage``, ``kind``, ``source_id``, ``source_version``, ``detail``, ``tries``,
           ``error_type``, ``message``
progress   every ten seconds: ``stage`` (the one at work), ``stages`` (a list: ``stage``,
           ``found``, ``done``, ``failed``, ``skipped``, ``done_before``, ``size``,
           ``known_size``, ``items_per_s``, ``bytes_per_s``), ``documents``, ``is_all_found``,
           ``seconds``, ``calls``, ``eta_s`` and ``eta_by`` (``quota`` or ``line``; null while
           unknown), ``quotas`` (a list: ``side``, ``limit``, ``used``, ``waiting``)
stopping   ``at_once``: a signal came
ended      ``is_complete``, ``done``, ``failed``, ``skipped``, ``files``, ``size``, ``calls``,
           ``waited_s``, ``seconds``, ``manifest``: of the whole manifest but for ``calls``,
           ``waited_s`` and ``seconds``, which are this run's
error      ``message``, ``advice``, ``exit_code``: what ended the command
=========  =====================================================================================

Sizes are bytes, times seconds. Keys may be added, none is renamed or taken away.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import Any

from attrs import asdict
from rich.console import Console

from vaultio.cli.json_lines import write
from vaultio.cli.progress.notes import Note, Stopping
from vaultio.cli.progress.snapshot import Snapshot, StageSnapshot
from vaultio.migration import Ended, Failed, Listed, Report, Stage


class JsonLines:
    """Writes each event that matters, and how far it is every ten seconds."""

    every_s = 10.0

    def __init__(self, console: Console) -> None:
        self._console = console

    def __enter__(self) -> JsonLines:
        return self

    def __exit__(self, *_: object) -> None:
        pass

    def tell(self, notes: Sequence[Note]) -> None:
        """Write what happened."""
        for note in notes:
            write(self._console, *_note(note))

    def draw(self, now: Snapshot) -> None:
        """Write how far it is."""
        current = now.current
        values = {
            "stage": current.name if current else None,
            "stages": [_stage(one) for one in now.stages],
            "documents": now.documents,
            "is_all_found": now.is_all_found,
            "seconds": round(now.seconds, 3),
            "calls": now.calls,
            "eta_s": round(now.eta.seconds, 1) if now.eta else None,
            "eta_by": now.eta.by if now.eta else None,
            "quotas": [asdict(one) for one in now.quotas],
        }
        write(self._console, "progress", values)


def _stage(stage: StageSnapshot) -> dict[str, Any]:
    return {
        "stage": stage.name,
        "found": stage.found,
        "done": stage.done,
        "failed": stage.failed,
        "skipped": stage.skipped,
        "done_before": stage.before,
        "size": stage.size,
        "known_size": stage.known_size,
        "items_per_s": round(stage.items_per_s, 3),
        "bytes_per_s": round(stage.size_per_s, 1),
    }


def _note(note: Note) -> tuple[str, dict[str, Any]]:
    if isinstance(note, Stopping):
        return "stopping", {"at_once": note.at_once}
    if isinstance(note, Listed):
        return "listed", {"documents": note.documents}
    if isinstance(note, Stage):
        values = {"stage": note.stage, "items": note.items, "size": note.size}
        return "stage", {**values, "done_before": note.done}
    if isinstance(note, Ended):
        return "ended", _ended(note.report)
    return "failed", _failed(note)


def _failed(note: Failed) -> dict[str, Any]:
    names = ("key", "stage", "kind", "source_id", "source_version", "detail", "tries")
    values = {name: getattr(note.item, name) for name in names}
    return {**values, "error_type": note.result.error_type, "message": note.result.message}


def _ended(report: Report) -> dict[str, Any]:
    return {
        "is_complete": report.is_complete,
        "done": report.count("done"),
        "failed": report.failed,
        "skipped": report.skipped,
        "files": report.files,
        "size": report.size,
        "calls": report.calls,
        "waited_s": round(report.waited_s, 3),
        "seconds": round(report.seconds, 3),
        "manifest": os.fspath(report.path),
    }
