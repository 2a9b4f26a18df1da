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
from math import floor

from attrs import define, field, frozen

CLOCKS_DIFFER = 1.001
"""A window is held this much longer: two clocks may drift by 500 ppm each (the most that NTP
slews a clock)."""

_ROUNDING_S = 1e-6
"""Who waits as long as told must find the token there, whatever floats made of the sum. The
margin above is far wider than this."""

_FOREIGN_MEMORY_S = 3_600.0
"""How long the server's word about others' calls stands; of a longer window that is then asked
again, as it may have turned long ago."""

_FOREIGN_MARGIN = 0.02


@define
class _Cell:
    index: int
    latest_s: float
    count: int


class Cooling:
    """Tokens on their way back, `after_s` seconds from when they were put here.

    Tokens put in within one cell of time come back together, when the latest of them may: that
    errs on the safe side and keeps the memory constant.
    """

    def __init__(self, after_s: float, cell_s: float) -> None:
        self.count = 0
        self._after_s = after_s
        self._cell_s = cell_s
        self._cells: deque[_Cell] = deque()

    def add(self, now: float) -> None:
        """Put in one token."""
        index = floor(now / self._cell_s)
        if not self._cells or self._cells[-1].index < index:
            self._cells.append(_Cell(index, now, 0))
        last = self._cells[-1]
        last.latest_s = max(last.latest_s, now)
        last.count += 1
        self.count += 1

    def release(self, now: float) -> None:
        """Let go of the tokens whose time has come."""
        while self._cells and self._cells[0].latest_s + self._after_s <= now + _ROUNDING_S:
            self.count -= self._cells.popleft().count

    def returns(self) -> Iterator[tuple[float, int]]:
        """Yield (instant in seconds, tokens that come back then), soonest first."""
        return ((cell.latest_s + self._after_s, cell.count) for cell in self._cells)


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
class _Foreign:
    """Calls of other programs in the server's present window, as far as we know; hold till then."""

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
    _ceiling: int = field(init=False)
    _server_limit: int = field(init=False)
    _open: OrderedDict[str, float] = field(init=False, factory=OrderedDict)
    _answered: Cooling = field(init=False)
    _given_up: Cooling = field(init=False)
    _foreign: _Foreign = field(init=False, factory=_Foreign)

    def __attrs_post_init__(self) -> None:
        self._ceiling = self._server_limit = self.limit
        window_s, cell_s = self.window_s * CLOCKS_DIFFER, self.window_s / self.cells
        self._answered = Cooling(window_s, cell_s)
        self._given_up = Cooling(window_s + self.linger_s, cell_s)

    def left(self, now: float) -> int:
        """Say how many calls may go now."""
        self._advance(now)
        return max(0, self.limit - self._own - self._withheld())

    def wait_s(self, count: int, now: float) -> float:
        """Say in how many seconds `count` tokens will be here at the earliest; 0 if they are."""
        self._advance(now)
        rounds, count = divmod(count - 1, self.limit)  # what exceeds the limit goes around again
        missing = count + 1 - self.limit + self._own + self._withheld()
        if missing <= 0:
            return rounds * self.window_s
        for at_s, tokens in self._returns(now):
            missing -= tokens
            if missing <= 0:
                return max(0.0, at_s - now) + rounds * self.window_s
        return (rounds + 1) * self.window_s

    def take(self, ticket: str, now: float) -> None:
        """Take a token for the call `ticket`; ask `left` or `wait_s` before."""
        self._advance(now)
        self._open[ticket] = now + self.lease_s

    def renew(self, ticket: str, now: float) -> None:
        """Start the lease of an open call anew."""
        self._advance(now)
        if ticket in self._open:
            self._open[ticket] = now + self.lease_s
            self._open.move_to_end(ticket)

    def settle(self, ticket: str, now: float, *, answered: bool) -> None:
        """Start a token's way back: the answer is in, or the call was given up on.

        A call whose lease has ended is counted once more: the server may have counted it only now.
        """
        self._advance(now)
        self._open.pop(ticket, None)
        (self._answered if answered else self._given_up).add(now)

    def give_back(self, ticket: str, now: float) -> None:
        """Put back at once the token of a call that surely was not sent."""
        self._advance(now)
        self._open.pop(ticket, None)

    def observe(self, limit: int | None, remaining: int | None, now: float) -> None:
        """Believe the server: its limit is ours, and what we cannot explain others have used.

        `remaining` counts in a window of unknown phase. What is gone and not in our book is
        booked as foreign until that window has surely turned; a window seen to turn frees it.
        """
        self._advance(now)
        if limit is not None:
            self._server_limit = limit
            self.limit = min(limit, self._ceiling) if self.fixed else limit
        if remaining is None:
            return
        counted = max(0, self._server_limit - remaining)
        unexplained = counted - self._own
        if unexplained > 0 and unexplained >= self._foreign.count:
            until_s = now + min(self.window_s * CLOCKS_DIFFER, _FOREIGN_MEMORY_S)
            self._foreign = _Foreign(unexplained, until_s)
        else:
            self._foreign.count = min(self._foreign.count, counted)

    def state(self, now: float) -> BucketState:
        """Describe the bucket as it is now."""
        left = self.left(now)
        at_s = next((at_s for at_s, _ in self._returns(now)), None)
        due_s = None if at_s is None or left == self.limit else at_s - now
        return BucketState(self.limit, self._own, self._foreign.count, left, due_s)

    @property
    def _own(self) -> int:
        return len(self._open) + self._answered.count + self._given_up.count

    def _withheld(self) -> int:
        # Others go on while our answers travel: a little is left for what they do meanwhile.
        foreign = self._foreign.count
        foreign += min(foreign, int(self.limit * _FOREIGN_MARGIN))
        return max(0, foreign - (self._server_limit - self.limit))

    def _returns(self, now: float) -> Iterator[tuple[float, int]]:
        foreign = [(self._foreign.until_s, withheld)] if (withheld := self._withheld()) else []
        yield from heapq.merge(self._answered.returns(), self._given_up.returns(), foreign)
        if self._open:
            yield now + self.window_s * CLOCKS_DIFFER, len(self._open)

    def _advance(self, now: float) -> None:
        while self._open and next(iter(self._open.values())) <= now:
            _, lease_end_s = self._open.popitem(last=False)
            self._answered.add(lease_end_s)
        self._answered.release(now)
        self._given_up.release(now)
        if self._foreign.until_s <= now + _ROUNDING_S:
            self._foreign.count = 0
