"""What an export did: numbers for people, and a line for each item in a file."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

from attrs import define, field, frozen

from vaultio.migration.items import Kind, Outcome

REPORT_NAME = "vaultio-export.jsonl"
MOST_FAILURES = 1000


@define
class Tally:
    """The items of one kind, counted; `size` and `fetched_size` are in bytes.

    `verified` counts the whole files whose MD5 is the one that Vault knows, `measured` those held
    against a length alone; `size` has the bytes of all whole files, `fetched_size` of those that
    were fetched in this run.
    """

    fetched: int = 0
    kept: int = 0
    skipped: int = 0
    failed: int = 0
    verified: int = 0
    measured: int = 0
    size: int = 0
    fetched_size: int = 0

    @property
    def files(self) -> int:
        """Whole files on the disk."""
        return self.fetched + self.kept

    def add(self, outcome: Outcome) -> None:
        """Count one item."""
        setattr(self, outcome.state, getattr(self, outcome.state) + 1)
        self.verified += outcome.is_whole and outcome.verified == "md5"
        self.measured += outcome.is_whole and outcome.verified == "length"
        if outcome.is_whole:
            self.size += outcome.size or 0
        if outcome.state == "fetched":
            self.fetched_size += outcome.size or 0


@frozen(kw_only=True)
class ExportReport:
    """What an export did, by kind of item.

    `documents` counts those that were found, `calls` the API calls made (without logins and
    retries), `reasons` how often items were skipped for which reason. `failures` holds the first
    1,000 items that failed; the file at `path` has a line for every item. `is_complete` is False
    if the run was stopped before it had seen everything.
    """

    path: Path
    tallies: Mapping[Kind, Tally]
    reasons: Mapping[str, int]
    failures: tuple[Outcome, ...]
    documents: int
    calls: int
    seconds: float
    is_complete: bool

    @property
    def files(self) -> int:
        """Whole files on the disk, fetched now or before."""
        return sum(tally.files for tally in self.tallies.values())

    @property
    def fetched(self) -> int:
        """Files fetched in this run."""
        return sum(tally.fetched for tally in self.tallies.values())

    @property
    def kept(self) -> int:
        """Files that were whole on the disk already."""
        return sum(tally.kept for tally in self.tallies.values())

    @property
    def verified(self) -> int:
        """Whole files whose MD5 is the one that Vault knows."""
        return sum(tally.verified for tally in self.tallies.values())

    @property
    def skipped(self) -> int:
        """Items for which there is nothing to fetch."""
        return sum(tally.skipped for tally in self.tallies.values())

    @property
    def failed(self) -> int:
        """Items that failed."""
        return sum(tally.failed for tally in self.tallies.values())

    @property
    def size(self) -> int:
        """Bytes of all whole files."""
        return sum(tally.size for tally in self.tallies.values())


@define
class Counts:
    """The numbers of a report while they grow."""

    documents: int = 0
    tallies: dict[Kind, Tally] = field(factory=dict)
    reasons: dict[str, int] = field(factory=dict)
    failures: list[Outcome] = field(factory=list)

    def add(self, outcome: Outcome) -> None:
        """Count one item."""
        self.tallies.setdefault(outcome.item.kind, Tally()).add(outcome)
        if outcome.reason is not None:
            self.reasons[outcome.reason] = self.reasons.get(outcome.reason, 0) + 1
        if outcome.state == "failed" and len(self.failures) < MOST_FAILURES:
            self.failures.append(outcome)


def line(outcome: Outcome) -> str:
    """Write an item as a line of the report file: one JSON object, no line end.

    Keys: ``id``, ``version``, ``kind``, ``rendition`` (type), ``attachment`` (id),
    ``attachment_version``, ``state``, ``path`` (below the folder), ``size`` (bytes), ``md5``,
    ``verified`` (md5, length or none), ``reason`` (why skipped), ``error``. What does not apply
    is null.
    """
    item = outcome.item
    values = {
        "id": item.document_id,
        "version": str(item.version) if item.version is not None else None,
        "kind": item.kind,
        "rendition": item.rendition_type,
        "attachment": item.attachment_id,
        "attachment_version": item.attachment_version,
        "state": outcome.state,
        "path": outcome.path,
        "size": outcome.size,
        "md5": outcome.md5,
        "verified": outcome.verified if outcome.is_whole else None,
        "reason": outcome.reason,
        "error": outcome.error,
    }
    # ASCII: a lone surrogate of a broken name could not be written otherwise.
    return json.dumps(values, ensure_ascii=True)
