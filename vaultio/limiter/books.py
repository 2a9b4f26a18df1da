"""The books that several processes share: what each reports, and what it is granted.

A holder is one limiter in one process. It asks for tokens in batches, hands them out by itself and
reports what became of them with its next question, so that one exchange does for many calls. What
it holds it says in full each time, not as a difference: an exchange that was lost is mended by the
next one. Ages, never instants, cross the border: clocks differ. No `await`, no clock.
"""

from __future__ import annotations

from typing import Any

from attrs import define, evolve, field, fields

from vaultio.limiter.cooling import MakeCooling, MemoryCooling
from vaultio.limiter.quotas import Quotas
from vaultio.limiter.reports import Grant, Report
from vaultio.limiter.rules import Priority, Rules
from vaultio.limiter.turns import Turns
from vaultio.limiter.usage import Usage

_FORGOTTEN_AFTER_LEASES = 4.0
_REMEMBERED_EPOCHS = 8


_GRANT = tuple(part.name for part in fields(Grant))


@define
class _Holder:
    """What the books remember of a holder."""

    last: Grant
    waiting: tuple[int, int]
    seen_s: float


@define
class Books:
    """The quotas of a vault, as all its holders share them.

    Where a flush is thinkable (`is_volatile`) the books begin by letting one call ask the server.
    Where a holder knows of more than they do, something was lost: nothing goes until every holder
    had time to tell what it sent (`lease_s`), and then again one call asks.
    """

    rules: Rules
    cooling: MakeCooling = MemoryCooling
    is_volatile: bool = False
    _quotas: Quotas = field(init=False)
    _epoch: str = field(init=False, default="")
    _lost_epochs: list[str] = field(init=False, factory=list)
    _doubted_at_s: float = field(init=False, default=-1e9)
    _exchanges: int = field(init=False, default=0)
    _turns: Turns = field(init=False)
    _holders: dict[str, _Holder] = field(init=False, factory=dict)

    def __attrs_post_init__(self) -> None:
        self._quotas = Quotas(self.rules, self.cooling)
        self._turns = Turns(self.rules.shortest_window_s)

    def exchange(self, report: Report, now: float) -> Grant:
        """Book what a holder reports, and grant what may go."""
        known = self._holders.get(report.holder)
        last = known.last if known else Grant()
        if report.number <= last.number:
            return last if report.number == last.number else Grant()
        self._notice_loss(report, last.number, now)
        self._exchanges += 1
        self._book(report, now)
        grant = self._granted(report, now)
        self._holders[report.holder] = _Holder(grant, report.waiting, now)
        self._forget_holders(now)
        return grant

    def wait_s(self, priority: Priority, ahead: int, now: float) -> float:
        """Say how long a call waits at the least, in seconds, with `ahead` others before it."""
        return self._quotas.wait_s(priority, ahead, now)

    def usage(self, now: float) -> Usage:
        """Describe the quotas, and who waits in all processes."""
        alive = [h for h in self._holders.values() if h.seen_s > now - self.rules.lease_s]
        return evolve(
            self._quotas.usage(now),
            interactive_waiting=sum(holder.waiting[0] for holder in alive),
            bulk_waiting=sum(holder.waiting[1] for holder in alive),
        )

    def doubt(self, now: float) -> None:
        """Believe the server alone for now: the machine went down, what was booked may be lost.

        No holder lives on, so there is nobody to wait for.
        """
        self._quotas.distrust(now, grace_s=0.0)

    def dump(self) -> dict[str, Any]:
        """Write out all but the cells, as JSON can hold it."""
        holders = {
            name: [*(getattr(h.last, part) for part in _GRANT), *h.waiting, h.seen_s]
            for name, h in self._holders.items()
        }
        rest = [self._epoch, self._lost_epochs, self._doubted_at_s, self._exchanges]
        turns = self._turns.dump()
        return {"quotas": self._quotas.dump(), "rest": rest, "turns": turns, "holders": holders}

    def restore(self, dumped: dict[str, Any]) -> None:
        """Go on from what `dump` wrote."""
        self._quotas.restore(dumped["quotas"])
        self._epoch, self._lost_epochs, self._doubted_at_s, self._exchanges = dumped["rest"]
        self._turns.restore(dumped["turns"])
        self._holders = {}
        for name, (*parts, one, two, seen_s) in dumped["holders"].items():
            grant = Grant(**dict(zip(_GRANT, map(_hashable, parts), strict=True)))
            self._holders[name] = _Holder(grant, (one, two), seen_s)

    def _notice_loss(self, report: Report, booked: int, now: float) -> None:
        """See from what the holder knows whether the books have lost something."""
        known_epoch = report.epoch
        if not self._epoch:
            self._epoch = _new_epoch(report)
            if self.is_volatile and not known_epoch:
                self._quotas.ask_first(now)
        is_behind = report.acknowledged > booked or report.seen > self._exchanges
        if known_epoch == self._epoch and is_behind:
            self._epoch = _new_epoch(report)
        if known_epoch not in {"", self._epoch, *self._lost_epochs}:
            self._lost_epochs = [*self._lost_epochs, known_epoch][-_REMEMBERED_EPOCHS:]
            self._distrust(now)
        elif report.went_alone and now - self._doubted_at_s > 2 * self.rules.lease_s:
            self._distrust(now)

    def _distrust(self, now: float) -> None:
        self._doubted_at_s = now
        self._quotas.distrust(now, grace_s=self.rules.lease_s)

    def _book(self, report: Report, now: float) -> None:
        quotas, probe = self._quotas, _probe_of(report.holder)
        if not self._wants_history(report):  # else all of this is in there too
            quotas.cool(report.answered, now, answered=True)
            quotas.cool(report.given_up, now, answered=False)
            for quota, answered, ages in report.history or ():
                quotas.cool(ages, now, answered=answered, only=quota)
        quotas.put_back(report.unsent, now)
        quotas.hold(report.holder, report.held, now)
        if report.interactive or report.served_interactive:
            quotas.heed(now)
        if report.probe == "unsent":
            quotas.unsent(probe)
        elif report.probe == "held":  # else the grant of it was lost: nobody has it
            quotas.renew(probe, now)
        quotas.learn(
            probe if report.probe in {"answered", "exceeded", "lost"} else report.holder,
            report.reading,
            now,
            age_s=report.reading_age_s,
            exceeded=report.exceeded or report.probe == "exceeded",
            answered=report.probe in {"answered", "exceeded"},
            delayed=report.delayed,
        )

    def _wants_history(self, report: Report) -> bool:
        """Whether the holder is to tell all that it sent, as these books have lost it."""
        return report.history is None and report.epoch not in {"", self._epoch}

    def _granted(self, report: Report, now: float) -> Grant:
        quotas = self._quotas
        is_probe, asked = quotas.is_held_back, report.interactive
        interactive = self._let_out(report, "interactive", asked, 0, now, self._turns.owed(now))
        self._turns.interactive(asked, report.waiting[0], interactive, now)
        bulk = 0
        if not (is_probe and interactive):
            bulk = self._bulk_let_out(report, interactive, now)
        left = asked + report.bulk - interactive - bulk
        if not left and report.spare and not is_probe:
            spare = min(report.spare, quotas.spare(now))
            bulk += self._let_out(report, "bulk", spare, interactive + bulk, now)
        waits_s = (0.0, 0.0)
        if left:
            behind = int(self._turns.is_interactives(now))
            waits_s = (quotas.wait_s("interactive", 0, now), quotas.wait_s("bulk", behind, now))
        return Grant(
            number=report.number,
            epoch=self._epoch,
            interactive=interactive,
            bulk=bulk,
            is_probe=is_probe and interactive + bulk > 0,
            wait_s=waits_s,
            tell_history=self._wants_history(report),
            limits=(quotas.limit("burst"), quotas.limit("daily")),
            exchanges=self._exchanges,
        )

    def _bulk_let_out(self, report: Report, interactive: int, now: float) -> int:
        """Grant bulk calls what no interactive one waits for, in whatever process; or its turn."""
        wanted, priority = self._turns.for_bulk(report.bulk, now)
        count = self._let_out(report, priority, wanted, interactive, now)
        self._turns.bulk(report.bulk, count, now)
        return count

    def _let_out(
        self, report: Report, priority: Priority, wanted: int, given: int, now: float, kept: int = 0
    ) -> int:
        """Grant as many of these as may go, on top of what the holder has."""
        count = max(0, min(wanted, self._quotas.room(priority, now) - kept)) if wanted else 0
        if count:
            self._quotas.hold(report.holder, report.held + given + count, now)
            self._quotas.spend(_probe_of(report.holder), count, now)
        return count

    def _forget_holders(self, now: float) -> None:
        oldest_s = now - _FORGOTTEN_AFTER_LEASES * self.rules.lease_s
        self._holders = {n: h for n, h in self._holders.items() if h.seen_s >= oldest_s}


def _hashable(part: Any) -> Any:
    return tuple(part) if isinstance(part, list) else part


def _new_epoch(report: Report) -> str:
    return f"{report.holder}-{report.number}"


def _probe_of(holder: str) -> str:
    return f"{holder}?"
