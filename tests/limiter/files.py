"""Files of quotas for tests, whose clocks stand still until they are told to go on."""

from __future__ import annotations

from pathlib import Path

from attrs import define

from vaultio.limiter import Limiter, Quota, Rules
from vaultio.limiter.cooling import Ages
from vaultio.limiter.reports import Grant, Report
from vaultio.limiter.stores.book_clock import Clocks
from vaultio.limiter.stores.sqlite_books import FileBooks
from vaultio.limiter.stores.sqlite_file import QuotaFile

RULES = Rules(
    burst=Quota(6, 10.0),
    daily=Quota(20, 100.0),
    pace=None,
    reserved_share=0,
    lease_s=5.0,
    linger_s=2.0,
)


@define
class Times:
    """A machine's clocks, in seconds, and the name of its boot."""

    wall_s: float = 1_800_000_000.0
    boot_s: float = 500.0
    boot: tuple[str, str] = ("first", "")

    def pass_by(self, seconds: float) -> None:
        """Let time go by."""
        self.wall_s += seconds
        self.boot_s += seconds

    @property
    def clocks(self) -> Clocks:
        """Read these times."""
        return Clocks(lambda: self.wall_s, lambda: self.boot_s, lambda: self.boot)


def books_in(
    folder: Path, times: Times | None = None, *, rules: Rules = RULES, vault: str = "vault"
) -> FileBooks:
    """Open the books of a file in a folder, as one process does."""
    return FileBooks(QuotaFile(folder / "quota.db"), rules, vault, (times or Times()).clocks)


@define
class Holder:
    """Says what a holder of books says, one report after the other."""

    books: FileBooks
    name: str = "a"
    number: int = 0
    epoch: str = ""
    held: int = 0

    def ask(self, bulk: int = 0, *, answered: Ages = (), given_up: Ages = ()) -> Grant:
        """Report what became of calls, and ask for tokens; they are all used at once."""
        self.number += 1
        self.held -= sum(count for _, count in (*answered, *given_up))
        report = Report(
            holder=self.name,
            number=self.number,
            epoch=self.epoch,
            acknowledged=self.number - 1,
            held=self.held,
            bulk=bulk,
            answered=answered,
            given_up=given_up,
            probe="answered" if answered and self.number == 2 else "",
        )
        grant = self.books.exchange(report)
        self.epoch = grant.epoch
        self.held += grant.bulk + grant.interactive
        return grant

    def begin(self) -> Holder:
        """Make the one call that asks the server, as nobody knows what a new file is worth."""
        assert self.ask(bulk=1).is_probe
        self.ask(answered=((0.0, 1),))
        return self


def limiter(path: Path, *, limit: int = 60, window_s: float = 2.0) -> Limiter:
    """Make the limiter of one process."""
    return Limiter(burst=Quota(limit, window_s), daily=None, store=f"sqlite:///{path}")
