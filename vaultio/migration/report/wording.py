"""Numbers and names for people; they are those of `vaultio.wording`."""

from vaultio.wording import count, duration, guarded, moment, plain, size

__all__ = ["count", "duration", "guarded", "moment", "plain", "size"]
