"""What a shell is told of names that only this machine knows; it never fails."""

from __future__ import annotations

from vaultio.errors import VaultioError
from vaultio.profiles import read_profiles


def profile_names(incomplete: str) -> list[tuple[str, str]]:
    """Name the profiles that begin so, each with its address."""
    try:
        found = read_profiles()
    except VaultioError:
        return []
    return [(name, one.url) for name, one in found.items() if name.startswith(incomplete)]
