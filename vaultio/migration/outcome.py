"""What a job did, in numbers; they come from its manifest, so they tell of all its runs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from attrs import define, frozen

from vaultio.display import facts_html, rows_html
from vaultio.migration.entries import Entry, ItemKind, State, Tally
from vaultio.migration.manifest import Manifest

MOST_FAILURES = 1000
FILES: frozenset[ItemKind] = frozenset({"source", "rendition", "attachment", "annotation"})
"""The kinds of items that are a file each."""


@define
class Progress:
    """What one run of a job has done so far; `size` in bytes."""

    done: int = 0
    failed: int = 0
    skipped: int = 0
    size: int = 0
    files: int = 0
    """Files among what was done."""


@frozen(kw_only=True)
class Counts:
    """The items of a manifest, by stage, kind and state."""

    tallies: tuple[Tally, ...]

    def count(self, state: State, kind: ItemKind | None = None) -> int:
        """Count the items in a state, of one kind or of all."""
        return sum(
            one.items for one in self.tallies if one.state == state and kind in {None, one.kind}
        )

    @property
    def items(self) -> int:
        """All items that were found."""
        return sum(one.items for one in self.tallies)

    @property
    def documents(self) -> int:
        """Document versions and binders that were found."""
        counted = (one for one in self.tallies if one.kind in {"document", "binder"})
        return sum(one.items for one in counted if one.stage != "contents")

    @property
    def files(self) -> int:
        """Files that are there, whole, from this run or an earlier one."""
        return sum(one.files for one in self._done)

    @property
    def verified(self) -> int:
        """Files whose MD5 is the one that the source knows."""
        return sum(one.verified for one in self._done)

    @property
    def measured(self) -> int:
        """Files whose length is the one that the source told, which knows no MD5."""
        return sum(one.measured for one in self._done)

    @property
    def size(self) -> int:
        """Bytes of all files."""
        return sum(one.size for one in self._done)

    @property
    def waiting(self) -> int:
        """Items that wait, or are being worked on."""
        return self.count("found") + self.count("leased")

    @property
    def skipped(self) -> int:
        """Items about which there was nothing to do."""
        return self.count("skipped")

    @property
    def failed(self) -> int:
        """Items that failed."""
        return self.count("failed")

    def _numbers(self) -> dict[str, Any]:
        """Say it in a few numbers, for those who look at it in a notebook or a prompt."""
        found = {"items": self.items, "documents": self.documents, "files": self.files}
        came = {"bytes": self.size, "verified": self.verified, "failed": self.failed}
        return {**found, **came, "skipped": self.skipped, "waiting": self.waiting}

    def _repr_html_(self) -> str:
        """Show tables in a notebook: the numbers, and the first of what failed."""
        numbers = {name: f"{number:,}" for name, number in self._numbers().items()}
        said = facts_html(type(self).__name__, numbers)
        failures: Sequence[Entry] = getattr(self, "failures", ())
        rows = [
            {"item": one.label, "error": one.error_type, "message": one.message} for one in failures
        ]
        return said + (rows_html("failed", rows) if rows else "")

    def __repr__(self) -> str:
        said = ", ".join(f"{name}={number}" for name, number in self._numbers().items())
        return f"<{type(self).__name__}: {said}>"

    @property
    def _done(self) -> tuple[Tally, ...]:
        return tuple(one for one in self.tallies if one.state == "done")


@frozen(kw_only=True, repr=False)
class Report(Counts):
    """What a job has done: its manifest as it stands, and what this run took.

    `tallies` count all items by stage, kind and state, `reasons` those that were skipped.
    `failures` holds the first 1,000 items that failed. `calls` are the API calls of this run
    (those that were repeated too, without logins), `waited_s` the seconds that they waited for
    quota, all added up, `seconds` the time the run took. `is_complete` is False if it was stopped
    before it had seen everything.
    """

    path: Path
    """The manifest."""

    reasons: Mapping[str, int]
    failures: tuple[Entry, ...]
    fetched: int
    """Files that this run brought."""

    fetched_size: int
    """Bytes of these."""

    calls: int
    waited_s: float
    seconds: float
    is_complete: bool
    left_out: tuple[str, ...] = ()
    """Fields that had values and were not brought: the target does not know them."""

    warnings: tuple[str, ...] = ()
    """What went wrong beside the job, such as that its report could not be written."""

    @property
    def kept(self) -> int:
        """Files that were there before this run."""
        return self.files - self.fetched


async def report_of(
    manifest: Manifest,
    progress: Progress,
    *,
    calls: int,
    waited_s: float,
    seconds: float,
    is_complete: bool,
) -> Report:
    """Sum up a manifest; *progress* and the figures are those of the run that ends."""
    return Report(
        path=manifest.path,
        tallies=tuple(await manifest.tallies()),
        reasons=await manifest.reasons(),
        failures=tuple(await manifest.failures(MOST_FAILURES)),
        fetched=progress.files,
        fetched_size=progress.size,
        calls=calls,
        waited_s=waited_s,
        seconds=seconds,
        is_complete=is_complete,
        left_out=tuple((await manifest.job()).get("left_out", ())),
    )
