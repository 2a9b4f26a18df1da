"""What crosses the border between a holder and the books that it shares: reports and grants.

Ages, never instants: clocks differ.
"""

from __future__ import annotations

from typing import Literal

from attrs import frozen

from vaultio.limiter.cooling import Ages
from vaultio.limiter.usage import QuotaName
from vaultio.protocol.quota_headers import QuotaReading

ProbeFate = Literal["", "held", "answered", "exceeded", "lost", "unsent"]
"""What became of the one call that asks the server; `held`: it is under way, or yet to be sent."""

History = tuple[tuple[QuotaName, bool, Ages], ...]
"""What a holder sent so far, as (quota, answered or given up on, ages)."""


@frozen(kw_only=True)
class Report:
    """What a holder says in one exchange, and what it asks for. Times are in seconds."""

    holder: str
    number: int
    """Counts the holder's reports from 1; one that comes again is answered, but not booked."""

    epoch: str = ""
    """The life of the books that the holder knows; empty if it knows of none."""

    acknowledged: int = 0
    """The last report that it knows to be booked, if the books cannot have forgotten it."""

    seen: int = 0
    """How many exchanges the books have had, as far as it knows."""

    went_alone: bool = False
    """The holder could not reach the books for so long that it went on alone."""

    held: int = 0
    """All tokens that it has: of calls under way, and not used yet."""

    interactive: int = 0
    """Calls of this priority for which it wants a token."""

    bulk: int = 0
    """The same for the other priority."""

    spare: int = 0
    """Tokens that it would like on top, if there are plenty."""

    served_interactive: bool = False
    """Interactive calls were let out of what it had since the last report."""

    waiting: tuple[int, int] = (0, 0)
    """Calls that wait in its process: interactive, bulk."""

    answered: Ages = ()
    given_up: Ages = ()
    unsent: int = 0
    """Tokens that it gives back."""

    reading: QuotaReading | None = None
    """The latest that an answer said of the quotas."""

    reading_age_s: float = 0.0
    delayed: int = 0
    """Answers since the last report that the server had held back."""

    exceeded: bool = False
    """A call that was no probe was refused."""

    probe: ProbeFate = ""
    """What became of the probe, if this holder has or had it."""

    history: History | None = None
    """All that it sent, told once after the books were lost."""


@frozen(kw_only=True)
class Grant:
    """The answer to a report."""

    number: int = 0
    epoch: str = ""
    interactive: int = 0
    """Tokens that only interactive calls may use."""

    bulk: int = 0
    """Tokens for whichever call."""

    is_probe: bool = False
    """The one token granted lets the probe out."""

    wait_s: tuple[float, float] = (0.0, 0.0)
    """The least time in seconds until one more token comes: interactive, bulk."""

    tell_history: bool = False
    """The books were lost since the holder's last report: it is to tell what it sent."""

    limits: tuple[int, int] = (0, 0)
    """The limits as the server told them: burst, daily; 0 for a quota that is off."""

    exchanges: int = 0
    """How many exchanges the books have had."""
