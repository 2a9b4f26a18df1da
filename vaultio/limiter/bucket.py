"""A bucket whose tokens come back a window AFTER THE ANSWER, so the promise holds at the server.

Why no window of T at the server can hold more than L calls: a call takes its token before it is
sent, and the token comes back at the earliest T after the last instant at which the server can
have counted the call. So all calls counted in one window (x, x + T] hold their tokens together at
x + T, and there are only L. Network delay, before the server or after it, does not enter.

The last instant is the answer; `linger_s` after a call was given up on (cancelled, timed out:
what is in the socket's buffer may arrive yet); the end of its lease if nobody reports on it.

No `await`, no clock: each method is told the time `now`, in seconds, which never goes back.
"""

from __future__ import annotations

import heapq
from collections import OrderedDict, deque
from collections.abc import Iterator
from itertools import islice
from math import inf
from typing import Any

from attrs import define, field, frozen

from vaultio.limiter.cooling import ROUNDING_S, Cooling, MakeCooling, MemoryCooling

CLOCKS_DIFFER = 1.001
"""A window is held this much longer: two clocks may drift by 500 ppm each (the most that NTP
slews a clock)."""

_FOREIGN_MEMORY_S = 3_600.0
"""How long the server's word about others' calls stands; of a longer window that is then asked
again, as it may have turned long ago."""

_FOREIGN_MARGIN = 0.02

_CROWDED_WINDOWS = 30
"""For so many windows room is left for those whose calls made the server hold ours back."""

_LATE_WORD = 1 / 50
"""Readings older than this part of a window are not compared any more: too much has changed."""


@frozen
class BucketState:
    """The tokens of a bucket at one instant, in calls."""

    limit: int
    used: int
    foreign: int
    left: int
    next_return_s: float | None
    """Seconds until the first token can come back; None if all are here."""


@define
class _Until:
    """A number of calls that is held until an instant, in seconds."""

    count: int = 0
    until_s: float = 0.0


@define
class Bucket:
    """`limit` tokens, each of them out until `window_s` after the server counted its call."""

    limit: int
    window_s: float
    lease_s: float = 900.0
    linger_s: float = 60.0
    cells: int = 300
    fixed: bool = False
    cooling: MakeCooling = MemoryCooling
    _held_s: float = field(init=False)
    _foreign_s: float = field(init=False)
    _ceiling: int = field(init=False)
    _server_limit: int = field(init=False)
    _told: int | None = field(init=False, default=None)
    _open: OrderedDict[str, _Until] = field(init=False, factory=OrderedDict)
    _under_way: int = field(init=False, default=0)
    _answered: Cooling = field(init=False)
    _given_up: Cooling = field(init=False)
    _foreign: _Until = field(init=False, factory=_Until)
    _crowd: _Until = field(init=False, factory=_Until)
    _returned: deque[tuple[float, int]] = field(init=False, factory=deque)
    _due_s: float = field(init=False, default=-inf)
    """Before this instant nothing ends by itself, so there is nothing to look at."""

    def __attrs_post_init__(self) -> None:
        self._ceiling = self._server_limit = self.limit
        self._held_s, cell_s = self.window_s * CLOCKS_DIFFER, self.window_s / self.cells
        self._foreign_s = min(self._held_s, _FOREIGN_MEMORY_S)
        self._answered = self.cooling("answered", self._held_s, cell_s)
        self._given_up = self.cooling("given_up", self._held_s + self.linger_s, cell_s)

    def left(self, now: float) -> int:
        """Say how many calls may go now."""
        return max(0, self._left(now))

    def has_own_token(self, now: float) -> bool:
        """Say whether one call may go by our own book alone, whatever others may have used."""
        self._advance(now)
        return self._own < self.limit

    def wait_s(self, count: int, now: float) -> float:
        """Say in how many seconds `count` tokens will be here at the earliest; 0 if they are."""
        left = self._left(now)
        if count <= left:
            return 0.0
        rounds, count = divmod(count - 1, self.limit)  # what exceeds the limit goes around again
        missing = count + 1 - left
        if missing <= 0:
            return rounds * self.window_s
        for at_s, tokens in self.returns(now):
            missing -= tokens
            if missing <= 0:
                return max(0.0, at_s - now) + rounds * self.window_s
        return (rounds + 1) * self.window_s

    def returns(self, now: float) -> Iterator[tuple[float, int]]:
        """Yield (instant in seconds, tokens that come back then), soonest first."""
        others_s = max(self._foreign.until_s if self._foreign.count else 0.0, self._crowd.until_s)
        foreign = [(others_s, withheld)] if (withheld := self._withheld()) else []
        yield from heapq.merge(self._answered.returns(), self._given_up.returns(), foreign)
        if self._under_way:
            yield now + self._held_s, self._under_way

    def hold(self, name: str, count: int, now: float) -> None:
        """Let `name` have so many tokens, neither more nor fewer, and start its lease anew."""
        self._advance(now)
        before = self._open.pop(name, None)
        self._under_way += count - (before.count if before else 0)
        if count:
            self._open[name] = _Until(count, now + self.lease_s)
            self._due_s = min(self._due_s, now + self.lease_s)

    def holds(self, name: str) -> int:
        """Say how many tokens `name` has."""
        return self._open.get(name, _Until()).count

    def cool(self, count: int, at_s: float, *, answered: bool) -> None:
        """Start the way back of so many tokens: calls answered, or given up on, at *at_s*."""
        self._put(self._answered if answered else self._given_up, at_s, count)

    def take(self, ticket: str, now: float) -> None:
        """Take a token for a call that is new, `ticket`; ask `left` or `wait_s` before."""
        self._open[ticket] = _Until(1, now + self.lease_s)
        self._under_way += 1
        if now + self.lease_s < self._due_s:
            self._due_s = now + self.lease_s

    def renew(self, ticket: str, now: float) -> None:
        """Start the lease of an open call anew."""
        self.hold(ticket, self.holds(ticket), now)

    def settle(self, ticket: str, now: float, *, answered: bool) -> None:
        """Start a token's way back: the answer is in, or the call was given up on.

        A call whose lease has ended is counted once more: the server may have counted it only now.
        """
        self.give_back(ticket, now)
        self._put(self._answered if answered else self._given_up, now, 1)

    def give_back(self, ticket: str, now: float) -> None:
        """Put back at once the token of a call that surely was not sent."""
        if now >= self._due_s:
            self._advance(now)
        if held := self._open.pop(ticket, None):
            self._under_way -= held.count

    def observe(
        self, limit: int | None, remaining: int | None, now: float, age_s: float = 0.0
    ) -> None:
        """Believe the server: its limit is ours, and what we cannot explain others have used.

        `remaining` counts in a window of unknown phase and is the word of *age_s* ago. What is
        gone and not in our book is booked as foreign until that window has surely turned; a
        window seen to turn frees it.
        """
        self._advance(now)
        if limit is not None:
            self._hear(limit)
        if remaining is None or age_s > self.window_s * _LATE_WORD:
            return
        counted = max(0, self._server_limit - remaining)
        unexplained = counted - self._own - self._returned_since(now - age_s)
        if unexplained > 0 and unexplained >= self._foreign.count:
            self._foreign = _Until(unexplained, now + self._foreign_s)
            self._due_s = min(self._due_s, self._foreign.until_s)
        else:
            self._foreign.count = min(self._foreign.count, counted)

    def make_room(self, calls: int, now: float) -> None:
        """Leave more to others: the server held back so many of our calls because of theirs."""
        self._advance(now)
        self._crowd.count = min(self._crowd.count + calls, self.limit // 2)
        self._crowd.until_s = now + _CROWDED_WINDOWS * self.window_s
        self._due_s = min(self._due_s, self._crowd.until_s)

    def distrust(self, now: float) -> None:
        """Book all that is not ours as used: what was known has been lost."""
        self._advance(now)
        self._foreign = _Until(self._server_limit, now + self._foreign_s)
        self._due_s = min(self._due_s, self._foreign.until_s)

    def trust(self, remaining: int | None, now: float) -> None:
        """Take the server's word, or without one our own book, in the place of a distrust."""
        self._advance(now)
        used = 0 if remaining is None else self._server_limit - remaining - self._own
        self._foreign.count = min(self._foreign.count, max(0, used))

    def state(self, now: float) -> BucketState:
        """Describe the bucket as it is now."""
        left = self.left(now)
        at_s = next((at_s for at_s, _ in self.returns(now)), None)
        due_s = None if at_s is None else max(0.0, at_s - now)
        return BucketState(self.limit, self._own, self._foreign.count, left, due_s)

    def dump(self) -> list[Any]:
        """Write out all but the cells, as JSON can hold it."""
        held = [(name, hold.count, hold.until_s) for name, hold in self._open.items()]
        others = [(until.count, until.until_s) for until in (self._foreign, self._crowd)]
        return [self._told, held, *others, list(self._returned)]

    def restore(self, dumped: list[Any]) -> None:
        """Go on from what `dump` wrote, perhaps by one who set another limit."""
        told, held, foreign, crowd, returned = dumped
        self._hear(told)
        self._open = OrderedDict((name, _Until(count, end_s)) for name, count, end_s in held)
        self._under_way = sum(hold.count for hold in self._open.values())
        self._foreign, self._crowd = _Until(*foreign), _Until(*crowd)
        self._returned, self._due_s = deque(map(tuple, returned)), -inf

    def _hear(self, limit: int | None) -> None:
        self._told, self._server_limit = limit, limit or self._ceiling
        self.limit = min(self._server_limit, self._ceiling) if self.fixed else self._server_limit

    @property
    def _own(self) -> int:
        return self._under_way + self._answered.count + self._given_up.count

    def _left(self, now: float) -> int:
        """Say how many calls may go now; below 0 if there are too many already."""
        if now >= self._due_s:
            self._advance(now)
        left = self.limit - self._under_way - self._answered.count - self._given_up.count
        if self._foreign.count or self._crowd.count:
            left -= self._withheld()
        return left

    def _put(self, cooling: Cooling, at_s: float, count: int) -> None:
        cooling.add(at_s, count)
        due_s = at_s + self._held_s - ROUNDING_S
        if due_s < self._due_s:
            self._due_s = due_s

    def _withheld(self) -> int:
        # Others go on while our answers travel: a little is left for what they do meanwhile.
        foreign = self._foreign.count
        foreign += min(foreign, int(self.limit * _FOREIGN_MARGIN))
        return max(0, max(foreign, self._crowd.count) - (self._server_limit - self.limit))

    def _returned_since(self, at_s: float) -> int:
        return sum(count for returned_s, count in self._returned if returned_s >= at_s)

    def _advance(self, now: float) -> None:
        """Do what time does: leases end, tokens come back, others' calls are forgotten."""
        if now < self._due_s:
            return
        while self._open and next(iter(self._open.values())).until_s <= now:
            _, lease = self._open.popitem(last=False)
            self._under_way -= lease.count
            self._answered.add(lease.until_s, lease.count)
        if back := self._answered.release(now) + self._given_up.release(now):
            self._returned.append((now, back))
        while self._returned and self._returned[0][0] < now - self.window_s * _LATE_WORD:
            self._returned.popleft()
        if self._foreign.until_s <= now + ROUNDING_S:
            self._foreign.count = 0
        if self._crowd.until_s <= now + ROUNDING_S:
            self._crowd.count = 0
        self._due_s = self._next_due_s()

    def _next_due_s(self) -> float:
        dues_s = [at_s for one in (self._answered, self._given_up) for at_s, _ in _first(one)]
        dues_s += [others.until_s for others in (self._foreign, self._crowd) if others.count]
        soonest_s = min(dues_s, default=inf) - ROUNDING_S
        if self._returned:
            soonest_s = min(soonest_s, self._returned[0][0] + self.window_s * _LATE_WORD)
        if self._open:
            soonest_s = min(soonest_s, next(iter(self._open.values())).until_s)
        return soonest_s


def _first(cooling: Cooling) -> Iterator[tuple[float, int]]:
    """Yield the first return, if there is one."""
    yield from islice(cooling.returns(), 1)
