"""Numbers and names for people; they are those of `vaultio.wording`."""

from vaultio.wording import count, duration, moment, plain, size

__all__ = ["count", "duration", "moment", "plain", "size"]
