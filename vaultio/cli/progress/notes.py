"""What is told at once, beside the numbers that are told from time to time."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import AbstractContextManager
from typing import Any, Protocol, TypeAlias

from attrs import frozen

from vaultio.cli.progress.snapshot import Snapshot
from vaultio.migration import Ended, Failed, Listed, Stage


@frozen
class Stopping:
    """Somebody has asked the job to stop: gently, or *at_once*."""

    at_once: bool


Note: TypeAlias = Stage | Listed | Failed | Ended | Stopping


class Display(AbstractContextManager[Any], Protocol):
    """A way to show a job. Its methods are called one at a time, in a thread, and may block."""

    every_s: float
    """Seconds from one `draw` to the next."""

    def tell(self, notes: Sequence[Note]) -> None:
        """Show what happened."""

    def draw(self, now: Snapshot) -> None:
        """Show how far it is."""
