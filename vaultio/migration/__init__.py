"""Moves many files between a vault and a disk, and accounts for every one of them."""

from vaultio.migration.copying import Copy, copy
from vaultio.migration.entries import Draft, Entry, ItemKind, Result, Sample, State, Tally
from vaultio.migration.events import (
    Ended,
    Event,
    Failed,
    Finished,
    Found,
    Listed,
    Progressed,
    Skipped,
    Stage,
    Started,
)
from vaultio.migration.export import Export, Recheck, export
from vaultio.migration.importing import Import, import_documents
from vaultio.migration.layout import DEFAULT as DEFAULT_TEMPLATE
from vaultio.migration.manifest import NAME as MANIFEST_NAME
from vaultio.migration.manifest import Manifest
from vaultio.migration.outcome import Report
from vaultio.migration.plan import Plan, Planned
from vaultio.migration.selection import AllDocuments, ByCsv, ById, ByQuery, Include, Selection

__all__ = [
    "DEFAULT_TEMPLATE",
    "MANIFEST_NAME",
    "AllDocuments",
    "ByCsv",
    "ById",
    "ByQuery",
    "Copy",
    "Draft",
    "Ended",
    "Entry",
    "Event",
    "Export",
    "Failed",
    "Finished",
    "Found",
    "Import",
    "Include",
    "ItemKind",
    "Listed",
    "Manifest",
    "Plan",
    "Planned",
    "Progressed",
    "Recheck",
    "Report",
    "Result",
    "Sample",
    "Selection",
    "Skipped",
    "Stage",
    "Started",
    "State",
    "Tally",
    "copy",
    "export",
    "import_documents",
]
