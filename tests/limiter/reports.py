"""Random dealings of several holders with shared books, to compare two keepers of them."""

from __future__ import annotations

from typing import Any

from attrs import define, field, frozen
from hypothesis import strategies as st

from vaultio.limiter import Pace, Quota, Rules
from vaultio.limiter.cooling import Ages
from vaultio.limiter.reports import Grant, History, ProbeFate, Report
from vaultio.protocol.quota_headers import QuotaReading

RULES = [
    Rules(burst=Quota(20, 10.0), daily=None, pace=None, lease_s=5.0, linger_s=2.5),
    Rules(burst=Quota(20, 10.0), daily=Quota(90, 60.0), lease_s=5.0, linger_s=2.5),
    Rules(
        burst=Quota(30, 3.0, fixed=True),
        daily=Quota(100, 50.0, fixed=True),
        pace=Pace(burst=7, interactive_burst=9, calls_per_second=4.0),
        reserved_share=0.25,
        lease_s=1.5,
        linger_s=0.7,
    ),
    Rules(burst=None, daily=Quota(50, 86_400.0), lease_s=30.0, linger_s=60.0),
]
_BIG = QuotaReading(500, 480, 100_000, 99_000)


@frozen
class Step:
    """What one holder says after a while, as far as it does not follow from before."""

    after_us: int
    holder: str
    number: int
    """From the number before: 1 for the next; 0 for the same again, below that an old one."""

    acknowledged: int
    """From the last number that was booked: more than 0 if the books have lost something."""

    seen: int
    """From the count of exchanges that it was told: more than 0 for books of an older time."""

    epoch: str | None
    """None: the one that the holder knows."""

    fields: dict[str, Any]


def _ages() -> st.SearchStrategy[Ages]:
    ages = st.one_of(st.sampled_from([0.0, 0.01, 1.0]), st.floats(0, 70))
    return st.lists(st.tuples(ages, st.integers(1, 6)), max_size=3).map(tuple)


def _readings() -> st.SearchStrategy[QuotaReading | None]:
    number = st.one_of(st.none(), st.integers(0, 40))
    some = st.builds(QuotaReading, number, number, number, number)
    return st.sampled_from([None, None, _BIG]).flatmap(
        lambda one: st.just(one) if one else st.one_of(st.none(), some)
    )


def _histories() -> st.SearchStrategy[History | None]:
    told = st.tuples(st.sampled_from(["burst", "daily"]), st.booleans(), _ages())
    lists: st.SearchStrategy[Any] = st.lists(told, max_size=4).map(tuple)
    return st.one_of(st.none(), st.none(), st.none(), lists)


def _fields() -> st.SearchStrategy[dict[str, Any]]:
    fates: list[ProbeFate] = ["", "held", "answered", "answered", "exceeded", "lost", "unsent"]
    rare = st.sampled_from([False] * 7 + [True])
    return st.fixed_dictionaries(
        {
            "went_alone": rare,
            "held": st.integers(0, 12),
            "interactive": st.sampled_from([0, 0, 1, 5]),
            "bulk": st.sampled_from([0, 1, 4, 16]),
            "spare": st.sampled_from([0, 8]),
            "served_interactive": rare,
            "waiting": st.tuples(st.integers(0, 3), st.integers(0, 30)),
            "answered": _ages(),
            "given_up": _ages(),
            "unsent": st.sampled_from([0, 0, 0, 2]),
            "reading": _readings(),
            "reading_age_s": st.sampled_from([0.0, 0.1, 1.0]),
            "delayed": st.sampled_from([0, 0, 0, 2]),
            "exceeded": rare,
            "probe": st.sampled_from(fates),
            "history": _histories(),
        }
    )


def dealings() -> st.SearchStrategy[list[Step]]:
    """Make lists of steps with small pauses and such as outlast leases and windows."""
    pauses_us = st.one_of(
        st.sampled_from([0, 1, 1_000, 100_000, 1_500_000, 5_000_000, 10_010_000]),
        st.integers(0, 3_000_000),
        st.integers(0, 90_000_000),
    )
    steps = st.builds(
        Step,
        after_us=pauses_us,
        holder=st.sampled_from(["a", "b", "c"]),
        number=st.sampled_from([1] * 12 + [0, -1, 3]),
        acknowledged=st.sampled_from([0] * 12 + [1, -1]),
        seen=st.sampled_from([0] * 12 + [1, 9, -1]),
        epoch=st.sampled_from([None] * 12 + ["", "old-1", "older-7"]),
        fields=_fields(),
    )
    return st.lists(steps, min_size=1, max_size=25)


@define
class Holders:
    """What the holders know while a list of steps goes on."""

    grants: dict[str, Grant] = field(factory=dict)
    numbers: dict[str, int] = field(factory=dict)

    def report(self, step: Step) -> Report:
        """Write out what a holder says."""
        last, grant = self.numbers.get(step.holder, 0), self.grants.get(step.holder, Grant())
        number = max(1, last + step.number)
        self.numbers[step.holder] = max(last, number)
        return Report(
            holder=step.holder,
            number=number,
            epoch=grant.epoch if step.epoch is None else step.epoch,
            acknowledged=max(0, last + step.acknowledged),
            seen=max(0, grant.exchanges + step.seen),
            **step.fields,
        )

    def accept(self, step: Step, grant: Grant) -> None:
        """Hear the answer."""
        if grant.number:
            self.grants[step.holder] = grant
