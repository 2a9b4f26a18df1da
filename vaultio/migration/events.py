"""What a job tells while it runs, for whoever draws or counts."""

from __future__ import annotations

from attrs import frozen

from vaultio.migration.entries import Draft, Entry, Result
from vaultio.migration.outcome import Report


@frozen
class Listed:
    """So many documents are known by now; `is_all` once there are no more."""

    documents: int
    is_all: bool


@frozen
class Found:
    """An item is new in the manifest, and waits."""

    item: Draft


@frozen
class Stage:
    """A stage begins: so many of its items wait (`size`: their bytes, where known) by now."""

    stage: str
    items: int
    size: int
    done: int
    """Items of the stage that earlier runs did."""


@frozen
class Started:
    """Work on an item begins."""

    item: Entry


@frozen
class Progressed:
    """So many bytes of an item are there, of `total` (None: unknown); the first may go back."""

    item: Entry
    size: int
    total: int | None


@frozen
class Finished:
    """An item is done, checked and in the manifest."""

    item: Entry
    result: Result


@frozen
class Skipped:
    """There was nothing to do about an item; `result` says why."""

    item: Entry
    result: Result


@frozen
class Failed:
    """An item failed; the others go on."""

    item: Entry
    result: Result


@frozen
class Ended:
    """The job is over, whatever ended it."""

    report: Report


Event = Listed | Found | Stage | Started | Progressed | Finished | Skipped | Failed | Ended
"""Anything that a job tells."""
