"""Moves many files between a vault and a disk, and accounts for every one of them."""

from vaultio.migration.copying import Copy, copy
from vaultio.migration.entries import (
    Draft,
    Entry,
    ItemKind,
    Result,
    Run,
    Sample,
    State,
    Tally,
)
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
from vaultio.migration.report import Items, ReportFormat, Summary, summarise, write_report
from vaultio.migration.selection import AllDocuments, ByCsv, ById, ByQuery, Include, Selection
from vaultio.migration.verifying import Checked, Difference, Verification, verify

__all__ = [
    "DEFAULT_TEMPLATE",
    "MANIFEST_NAME",
    "AllDocuments",
    "ByCsv",
    "ById",
    "ByQuery",
    "Checked",
    "Copy",
    "Difference",
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
    "Items",
    "Listed",
    "Manifest",
    "Plan",
    "Planned",
    "Progressed",
    "Recheck",
    "Report",
    "ReportFormat",
    "Result",
    "Run",
    "Sample",
    "Selection",
    "Skipped",
    "Stage",
    "Started",
    "State",
    "Summary",
    "Tally",
    "Verification",
    "copy",
    "export",
    "import_documents",
    "summarise",
    "verify",
    "write_report",
]
