"""What one process has of shared books."""

from __future__ import annotations

from vaultio.limiter import Quota, Rules
from vaultio.limiter.books import Books
from vaultio.limiter.reports import Grant
from vaultio.limiter.stores.holdings import Holdings

RULES = Rules(burst=Quota(10, 60.0), daily=Quota(100, 600.0), linger_s=15.0)


def test_books_that_ended_long_after_the_last_call_are_no_loss() -> None:
    """After an idle day nobody waits for what others may have to tell."""
    holdings = Holdings(RULES, "a")
    holdings.accept(Grant(number=1, epoch="old-1"), 0.0)
    early, late = holdings.report(615.0), holdings.report(616.0, interactive=1)

    assert (early.epoch, late.epoch) == ("old-1", "")
    assert Books(RULES, is_volatile=True).exchange(early, 0.0).tell_history
    assert Books(RULES, is_volatile=True).exchange(late, 0.0).interactive == 1
