"""How far a job is, counted from its events: plain numbers, no clock of their own, no terminal."""

from __future__ import annotations

from attrs import define, field

from vaultio.cli.progress.rates import Rate
from vaultio.migration import (
    Entry,
    Event,
    Failed,
    Finished,
    Found,
    Listed,
    Progressed,
    Result,
    Skipped,
    Stage,
    Started,
)


@define
class StageNumbers:
    """How far one stage is: items of this run, and bytes of those whose size is known."""

    name: str
    before: int = 0
    """Items that earlier runs did."""

    found: int = 0
    done: int = 0
    failed: int = 0
    skipped: int = 0
    known_size: int = 0
    settled_size: int = 0
    moved_size: int = 0
    """Bytes that went over the line, those of files that were begun anew too."""

    under_way: dict[int, int] = field(factory=dict)
    rate: Rate = field(factory=Rate)

    @property
    def settled(self) -> int:
        """Items that nothing more is to be done about in this run."""
        return self.done + self.failed + self.skipped

    @property
    def left(self) -> int:
        """Items that wait, or are under way."""
        return max(0, self.found - self.settled)

    @property
    def size(self) -> int:
        """Bytes that are there, of files that are not complete too."""
        return self.settled_size + sum(self.under_way.values())

    @property
    def left_size(self) -> int:
        """Bytes that are known to be still to come."""
        return max(0, self.known_size - self.size)

    def expect(self, items: int, size: int) -> None:
        """Count items that wait."""
        self.found += items
        self.known_size += size

    def advance(self, event: Progressed) -> None:
        """Count bytes of a file under way."""
        before = self.under_way.get(event.item.number, 0)
        self.under_way[event.item.number] = event.size
        self.moved_size += max(0, event.size - before)

    def settle(self, item: Entry, result: Result) -> None:
        """Count an item that is over; what it had of bytes is right from now on."""
        moved, size = self.under_way.pop(item.number, 0), result.size or 0
        self.done += result.state == "done"
        self.failed += result.state == "failed"
        self.skipped += result.state == "skipped"
        self.known_size += size - (item.expected_size or 0)
        self.settled_size += size
        if result.state == "done":
            self.moved_size += max(0, size - moved)


@define
class Numbers:
    """How far a job is. `current` is the stage that something was begun of last."""

    stages: dict[str, StageNumbers] = field(factory=dict)
    documents: int = 0
    is_all_found: bool = False
    current: str | None = None

    def take(self, event: Event) -> None:
        """Count what an event says."""
        if isinstance(event, Listed):
            self.documents, self.is_all_found = event.documents, event.is_all
        elif isinstance(event, Found):
            self.stage(event.item.stage).expect(1, event.item.expected_size or 0)
        elif isinstance(event, Stage):
            self.stage(event.stage).before = event.done
            self.stage(event.stage).expect(event.items, event.size)
        elif isinstance(event, Started):
            self.current = event.item.stage
        elif isinstance(event, Progressed):
            self.stage(event.item.stage).advance(event)
        elif isinstance(event, Finished | Skipped | Failed):
            self.stage(event.item.stage).settle(event.item, event.result)

    def stage(self, name: str) -> StageNumbers:
        """Give the numbers of a stage."""
        return self.stages.setdefault(name, StageNumbers(name))

    @property
    def failed(self) -> int:
        """Items of all stages that failed in this run."""
        return sum(one.failed for one in self.stages.values())
