"""The limiter: never more calls than Vault's quotas allow, in any window, counted at the server."""

from vaultio.limiter.events import (
    QuotaEvent,
    QuotaWaited,
    StoreBack,
    StoreLost,
    Throttled,
    WindowTurned,
)
from vaultio.limiter.forecast import Traffic, seconds_for
from vaultio.limiter.limiter import Limiter
from vaultio.limiter.meter import Meter
from vaultio.limiter.permits import Permit
from vaultio.limiter.rules import Pace, Priority, Quota, Rules
from vaultio.limiter.spacing import Spacing
from vaultio.limiter.stores import MemoryStore, SharedStore, Store, open_store
from vaultio.limiter.usage import QuotaUsage, Usage

__all__ = [
    "Limiter",
    "MemoryStore",
    "Meter",
    "Pace",
    "Permit",
    "Priority",
    "Quota",
    "QuotaEvent",
    "QuotaUsage",
    "QuotaWaited",
    "Rules",
    "SharedStore",
    "Spacing",
    "Store",
    "StoreBack",
    "StoreLost",
    "Throttled",
    "Traffic",
    "Usage",
    "WindowTurned",
    "open_store",
    "seconds_for",
]
