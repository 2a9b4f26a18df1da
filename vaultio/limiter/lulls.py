"""What must be kept for a steady flow of calls until the tokens come back that are out.

Tokens that went out together come back together. Before they do there is a lull, in which a call
would wait for the whole rest of a window. No `await`, no clock.
"""

from __future__ import annotations

from collections.abc import Iterable
from math import ceil


def kept_for_a_lull(
    returns: Iterable[tuple[float, int]], share: int, limit: int, window_s: float, now: float
) -> int:
    """Say how many tokens to keep so that no call has to wait for more than one in `limit`.

    The calls to come are `share` in each window of *window_s* seconds. *returns* are the tokens
    that come back, as (instant in seconds, tokens), soonest first. None is kept where they come
    back as fast as a steady use of the limit would have them; never more than `share`.
    """
    calls_per_second, wanted, back = share / window_s, 0.0, 0
    for at_s, tokens in returns:
        wanted = max(wanted, calls_per_second * (at_s - now) - back)
        back += tokens
        if back >= share:
            break
    return min(share, max(0, ceil(wanted - share / limit)))
