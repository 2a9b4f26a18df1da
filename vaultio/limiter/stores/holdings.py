"""What one process has of the shared books: tokens, calls under way, what it has yet to report.

No `await`, no clock: each method is told the time `now`, in seconds of this process's clock, which
goes on while the machine sleeps.
"""

from __future__ import annotations

from collections import OrderedDict

from attrs import define, field

from vaultio.limiter.bucket import CLOCKS_DIFFER
from vaultio.limiter.cooling import Ages, MemoryCooling
from vaultio.limiter.reports import Grant, History, ProbeFate, Report
from vaultio.limiter.rules import Priority, Quota, Rules
from vaultio.limiter.usage import QuotaName
from vaultio.protocol.quota_headers import QuotaReading

_CELLS = 300
_SURE_PART_OF_THE_LEASE = 0.8


@define
class _Out:
    """A call under way."""

    is_probe: bool
    lease_end_s: float


@define
class _Pending:
    """What happened since the last report."""

    answered: list[tuple[float, int]] = field(factory=list)
    given_up: list[tuple[float, int]] = field(factory=list)
    unsent: int = 0
    reading: QuotaReading | None = None
    read_at_s: float = 0.0
    delayed: int = 0
    exceeded: bool = False
    probe: ProbeFate = ""
    served_interactive: bool = False


@define
class Holdings:
    """The tokens of one holder, and the record of the calls that it sent."""

    rules: Rules
    holder: str
    _free: dict[Priority, int] = field(init=False, factory=lambda: {"interactive": 0, "bulk": 0})
    _free_probe: bool = field(init=False, default=False)
    _unused: bool = field(init=False, default=True)
    _out: OrderedDict[str, _Out] = field(init=False, factory=OrderedDict)
    _pending: _Pending = field(init=False, factory=_Pending)
    _sent: dict[tuple[QuotaName, bool], MemoryCooling] = field(init=False, factory=dict)
    _valid_until_s: float = field(init=False, default=0.0)
    _number: int = field(init=False, default=0)
    _grant: Grant = field(init=False, factory=Grant)
    _cell_s: float = field(init=False)
    _granted_at_s: float = field(init=False, default=0.0)
    _counted_s: float = field(init=False, default=0.0)
    """After so long without an exchange nothing of ours counts: that books ended is no loss."""

    def __attrs_post_init__(self) -> None:
        self._cell_s = self.rules.shortest_window_s / _CELLS
        quotas: dict[QuotaName, Quota | None] = {
            "burst": self.rules.burst,
            "daily": self.rules.daily,
        }
        for name, quota in quotas.items():
            if quota:
                kept_s, cell_s = quota.window_s * CLOCKS_DIFFER, quota.window_s / _CELLS
                self._sent[name, True] = MemoryCooling("", kept_s, cell_s)
                self._sent[name, False] = MemoryCooling("", kept_s + self.rules.linger_s, cell_s)
                self._counted_s = max(self._counted_s, kept_s + self.rules.linger_s)

    def use(self, ticket: str, priority: Priority, now: float) -> bool:
        """Take a token for a call from those that are here; say whether there was one."""
        if now > self._valid_until_s:
            self.drop()
        kinds: tuple[Priority, ...] = ("bulk",)
        if priority == "interactive":
            kinds = ("interactive", "bulk")
        kind = next((kind for kind in kinds if self._free[kind]), None)
        if kind is None:
            return False
        self._free[kind] -= 1
        self._unused = False
        self._out[ticket] = _Out(self._free_probe, now + self.rules.lease_s)
        self._free_probe = False
        self._pending.served_interactive |= priority == "interactive"
        return True

    def admit(self, ticket: str, now: float) -> None:
        """Note a call that goes without a token of the books."""
        self._out[ticket] = _Out(False, now + self.rules.lease_s)

    def renew(self, ticket: str, now: float) -> None:
        """Start the lease of a long call anew."""
        if call := self._out.get(ticket):
            call.lease_end_s = now + self.rules.lease_s
            self._out.move_to_end(ticket)

    def settle(
        self, ticket: str, reading: QuotaReading | None, now: float, *, exceeded: bool
    ) -> bool:
        """Note how a call ended; True if that should be reported at once."""
        answered = reading is not None or exceeded
        call = self._out.pop(ticket, None)
        is_probe = call is not None and call.is_probe
        pending = self._pending
        self._count(now, answered=answered)
        if is_probe:
            pending.probe = "exceeded" if exceeded else "answered" if answered else "lost"
        pending.exceeded |= exceeded and not is_probe
        if reading is not None and reading != QuotaReading():
            pending.reading, pending.read_at_s = reading, now
            pending.delayed += bool(reading.delay_s)
        return is_probe or exceeded

    def give_back(self, ticket: str) -> bool:
        """Take back the token of a call that was not sent; False if it had none."""
        call = self._out.pop(ticket, None)
        if call is None:
            return False
        self._pending.unsent += 1
        if call.is_probe:
            self._pending.probe = "unsent"
        return True

    def report(
        self,
        now: float,
        *,
        interactive: int = 0,
        bulk: int = 0,
        spare: int = 0,
        waiting: tuple[int, int] = (0, 0),
        history: bool = False,
        went_alone: bool = False,
    ) -> Report:
        """Write out what happened since the last report, and what is wanted."""
        self._end_leases(now)
        pending, self._pending = self._pending, _Pending()
        self._number += 1
        is_remembered = now < self._granted_at_s + 2 * self.rules.holder_lease_s
        return Report(
            holder=self.holder,
            number=self._number,
            epoch=self._grant.epoch if now < self._granted_at_s + self._counted_s else "",
            acknowledged=self._grant.number if is_remembered else 0,
            seen=self._grant.exchanges,
            went_alone=went_alone,
            held=len(self._out) + self._free["interactive"] + self._free["bulk"],
            interactive=interactive,
            bulk=bulk,
            spare=spare,
            served_interactive=pending.served_interactive,
            waiting=waiting,
            answered=() if history else _ages(pending.answered, now),  # it has them all
            given_up=() if history else _ages(pending.given_up, now),
            unsent=pending.unsent,
            reading=pending.reading,
            reading_age_s=now - pending.read_at_s,
            delayed=pending.delayed,
            exceeded=pending.exceeded,
            probe=pending.probe or ("held" if self._has_probe else ""),
            history=self.history(now) if history else None,
        )

    def accept(self, grant: Grant, reported_at_s: float) -> None:
        """Take what was granted; it is ours for a lease from when the report was sent."""
        self._grant, self._granted_at_s = grant, reported_at_s
        self._valid_until_s = reported_at_s + _SURE_PART_OF_THE_LEASE * self.rules.holder_lease_s
        self._free["interactive"] += grant.interactive
        self._free["bulk"] += grant.bulk
        self._free_probe |= grant.is_probe

    def take_back(self, report: Report, at_s: float) -> None:
        """Have a report of that instant still to make, as it may never have been booked.

        What was booked of it all the same counts twice: rather that than not at all.
        """
        pending = self._pending
        pending.answered[:0] = [(at_s - age_s, count) for age_s, count in report.answered]
        pending.given_up[:0] = [(at_s - age_s, count) for age_s, count in report.given_up]
        pending.unsent += report.unsent
        pending.delayed += report.delayed
        pending.exceeded |= report.exceeded
        if pending.reading is None:
            pending.reading, pending.read_at_s = report.reading, at_s - report.reading_age_s
        if not pending.probe and report.probe != "held":
            pending.probe = report.probe

    def return_unused(self) -> None:
        """Give back the tokens of which none was used since this was called last."""
        if self._unused:
            self.drop()
        self._unused = True

    def history(self, now: float) -> History:
        """List all that was sent and may still count."""
        for sent in self._sent.values():
            sent.release(now)
        return tuple((name, kind, sent.ages(now)) for (name, kind), sent in self._sent.items())

    def under_way(self) -> list[str]:
        """Name the calls under way."""
        return list(self._out)

    def has_something(self) -> bool:
        """Say whether the books must hear from this holder: it has tokens, or news."""
        return bool(self._out or any(self._free.values()) or self._pending != _Pending())

    def sent_lately(self, now: float) -> bool:
        """Say whether calls of this holder still count in the shortest window."""
        for sent in self._sent.values():
            sent.release(now)
        return any(sent.count for sent in list(self._sent.values())[:2])

    @property
    def _has_probe(self) -> bool:
        return self._free_probe or any(call.is_probe for call in self._out.values())

    def _count(self, at_s: float, *, answered: bool) -> None:
        pending = self._pending
        _add(pending.answered if answered else pending.given_up, at_s, self._cell_s)
        for (_, kind), sent in self._sent.items():
            if kind == answered:
                sent.add(at_s)

    def _end_leases(self, now: float) -> None:
        """Give back what is not ours any more; take calls for dead that nobody reported on."""
        if now > self._valid_until_s:
            self.drop()
        while self._out and next(iter(self._out.values())).lease_end_s <= now:
            _, call = self._out.popitem(last=False)
            self._count(now, answered=True)
            if call.is_probe:
                self._pending.probe = "lost"

    def drop(self) -> None:
        """Give back all tokens that were not used."""
        self._pending.unsent += self._free["interactive"] + self._free["bulk"]
        self._free = {"interactive": 0, "bulk": 0}
        if self._free_probe:
            self._free_probe, self._pending.probe = False, "unsent"


def _add(cells: list[tuple[float, int]], now: float, cell_s: float) -> None:
    """Count one more at *now*, together with those of a moment before."""
    count = cells.pop()[1] if cells and cells[-1][0] > now - cell_s else 0
    cells.append((now, count + 1))


def _ages(cells: list[tuple[float, int]], now: float) -> Ages:
    return tuple((max(0.0, now - at_s), count) for at_s, count in cells)
