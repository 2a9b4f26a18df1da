"""Changes that no test can notice, as they change nothing that anybody relies on; and why."""

from __future__ import annotations

_EARLIER = "a look that comes too early finds nothing to do, and reckons the next one right"
_EXACTLY = "nobody comes at just that instant: it has a part of a microsecond that waits leave out"
_LATER = "what time does is done by the next look, with the same result"
_NEVER = "a moment so long ago that another second is nothing"
_TUNED = "a figure that was chosen: the next one is as good"

ALIKE: dict[str, dict[str, str]] = {
    "limiter/bucket.py": {
        "Bucket.hold: now + self.lease_s  ->  now - self.lease_s (2)": _EARLIER,
        "Bucket.take: now + self.lease_s  ->  now - self.lease_s (3)": _EARLIER,
        "Bucket.take: now + self.lease_s < self._due_s  ->  now + self.lease_s <= self._due_s": (
            "the same value is set again"
        ),
        "Bucket._put: due_s < self._due_s  ->  due_s <= self._due_s": "the same value is set again",
        "Bucket._left: now >= self._due_s  ->  now > self._due_s": _EXACTLY,
        "Bucket.give_back: now >= self._due_s  ->  now > self._due_s": _EXACTLY,
        "Bucket._next_due_s: 0  ->  1 (2)": _EARLIER,
        "Bucket._next_due_s: self._returned[0][0] + self.window_s * _LATE_WORD"
        "  ->  self._returned[0][0] - self.window_s * _LATE_WORD": _EARLIER,
        "Bucket._put: at_s + self._held_s  ->  at_s - self._held_s": _EARLIER,
        "Bucket: -inf  ->  +inf": "a bucket from which nothing was taken has nothing to look at",
        "Bucket._next_due_s: self.window_s * _LATE_WORD  ->  self.window_s / _LATE_WORD": (
            "what has come back is forgotten later, and by then asked for by its instant alone"
        ),
        "Bucket.observe: self._advance(now)  ->  None": (
            "what comes back at this instant explains as much as what is still out"
        ),
        **dict.fromkeys(
            (
                "Bucket.wait_s: (rounds + 1) * self.window_s  ->  (rounds + 1) / self.window_s",
                "Bucket.wait_s: rounds + 1  ->  rounds - 1",
                "Bucket.wait_s: 1  ->  2 (3)",
            ),
            "all tokens come back at some time: else, by a mistake, nobody is to ask in circles",
        ),
        "_Until: 0.0  ->  1.0": "of no calls at all it is not asked until when they are held",
        "_first: 1  ->  2": "the soonest of more is the soonest of one",
        "Bucket.distrust: self._advance(now)  ->  None": _LATER,
        "Bucket.make_room: self._advance(now)  ->  None": _LATER,
        "Bucket.wait_s: count <= left  ->  count < left": (
            "where as many are left as are asked for, none is missing, and the wait is 0 too"
        ),
        "Bucket.returns: 0.0  ->  1.0": "where nobody else has tokens the instant is not used",
    },
    "limiter/quotas.py": {
        ": 1000000000.0  ->  1000000001.0": _NEVER,
        ": 300  ->  301": _TUNED,
        ": 1440  ->  1441": _TUNED,
    },
    "downloads/ranges.py": {
        "Facts: False  ->  True": "of a file of which nothing is known yet it is not asked",
    },
    "downloads/part.py": {
        "Part.__init__: 0  ->  1": "it is asked for after it was found out alone",
    },
    "limiter/books.py": {
        ": 8  ->  9": _TUNED,
        "Books: 1000000000.0  ->  1000000001.0": _NEVER,
        "Books.exchange: 1  ->  2": "the count is compared with itself alone, as holders told it",
        "Books.restore: True  ->  False": "the parts are those that `dump` wrote, as many as names",
    },
}
"""For each module the names of changes (see `changes.Mutant.name`), each with the reason."""
