"""Moves many files between a vault and a disk, and accounts for every one of them."""

from vaultio.migration.export import export
from vaultio.migration.export_events import (
    Ended,
    Event,
    Failed,
    Finished,
    Found,
    Listed,
    Progressed,
    Skipped,
    Started,
)
from vaultio.migration.items import Include, Item, Kind, Outcome, State
from vaultio.migration.report import REPORT_NAME, ExportReport, Tally
from vaultio.migration.selection import AllDocuments, ById, ByQuery, Selection

__all__ = [
    "REPORT_NAME",
    "AllDocuments",
    "ById",
    "ByQuery",
    "Ended",
    "Event",
    "ExportReport",
    "Failed",
    "Finished",
    "Found",
    "Include",
    "Item",
    "Kind",
    "Listed",
    "Outcome",
    "Progressed",
    "Selection",
    "Skipped",
    "Started",
    "State",
    "Tally",
    "export",
]
