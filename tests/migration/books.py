"""Manifests for tests: an empty one, drafts to put in, and a look at what is in one."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from vaultio.migration.entries import Draft, State
from vaultio.migration.manifest import NAME, Manifest

JOB: Mapping[str, Any] = {"kind": "export", "source": "https://a.example", "target": "/to"}


def book(folder: Path, **changes: Any) -> Manifest:
    """Make a manifest in *folder*, yet to be opened; *changes* are to its job."""
    return Manifest(folder / NAME, {**JOB, **changes})


def draft(number: int, *, stage: str = "files", size: int = 10, state: State = "found") -> Draft:
    """Make an item that was found."""
    return Draft(
        key=f"document/{number}/0.1/source",
        stage=stage,
        kind="source",
        source_id=str(number),
        source_version="0.1",
        path=f"{number}/0.1/a.txt",
        expected_size=size,
        state=state,
    )


def drafts(numbers: Iterable[int], *, stage: str = "files") -> list[Draft]:
    """Make items that were found."""
    return [draft(number, stage=stage) for number in numbers]


async def states(manifest: Manifest) -> dict[str, int]:
    """Count the items by their state."""
    found: dict[str, int] = {}
    for tally in await manifest.tallies():
        found[tally.state] = found.get(tally.state, 0) + tally.items
    return found
