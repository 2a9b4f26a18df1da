"""What an export tells while it runs, for whoever draws or counts."""

from __future__ import annotations

from attrs import frozen

from vaultio.migration.items import Item, Outcome
from vaultio.migration.report import ExportReport


@frozen
class Listed:
    """So many documents are known by now; `is_all` once there are no more."""

    documents: int
    is_all: bool


@frozen
class Found:
    """An item is known, and will be looked at."""

    item: Item


@frozen
class Started:
    """The download of an item begins."""

    item: Item


@frozen
class Progressed:
    """So many bytes of an item are there, of `total` (None: unknown); the first may go back."""

    item: Item
    size: int
    total: int | None


@frozen
class Finished:
    """An item was fetched, checked and saved."""

    outcome: Outcome


@frozen
class Skipped:
    """An item was not fetched: it is whole on the disk already, or there is nothing to fetch."""

    outcome: Outcome


@frozen
class Failed:
    """An item failed; the others go on."""

    outcome: Outcome


@frozen
class Ended:
    """The export is over, whatever ended it; its report file is written."""

    report: ExportReport


Event = Listed | Found | Started | Progressed | Finished | Skipped | Failed | Ended
"""Anything that an export tells."""
