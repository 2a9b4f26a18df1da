"""The limiter: never more calls than Vault's quotas allow, in any window, counted at the server."""

from vaultio.limiter.limiter import Limiter, Permit
from vaultio.limiter.meter import Meter
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
    "QuotaUsage",
    "Rules",
    "SharedStore",
    "Spacing",
    "Store",
    "Usage",
    "open_store",
]
