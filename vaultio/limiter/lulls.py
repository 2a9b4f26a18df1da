"""What must be kept for a steady flow of calls until the tokens come back that are out.

Tokens that went out together come back together. Before they do there is a lull, in which a call
would wait for the whole rest of a window. No `await`, no clock.
"""

from __future__ import annotations

from collections.abc import Iterable
from math import ceil


def kept_for_a_lull(
    returns: Iterable[tuple[float, int]],
    share: int,
    quota: tuple[int, float],
    now: float,
    unheeded: float = 0,
) -> int:
    """Say how many tokens to keep so that no call has to wait for more than one in `limit`.

    The calls to come are `share` in each window of *quota*, which is (calls, window in seconds).
    *returns* are the tokens that come back, as (instant in seconds, tokens), soonest first. None
    is kept where they come back as fast as a steady use of the limit would have them; never more
    than `share`. A lull in which such a use would send at most `unheeded` calls does not count.
    """
    (limit, window_s), wanted, back = quota, 0.0, 0
    calls_per_second, unheeded_s = share / window_s, unheeded * window_s / limit
    for at_s, tokens in returns:
        if at_s - now <= unheeded_s and not back:
            return 0
        wanted = max(wanted, calls_per_second * (at_s - now) - back)
        back += tokens
        if back >= share:
            break
    return min(share, max(0, ceil(wanted - share / limit)))
