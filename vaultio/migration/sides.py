"""What the two sides of a copy must be, and what may be asked of it."""

from __future__ import annotations

from collections.abc import Collection
from typing import get_args
from urllib.parse import urlsplit

from vaultio.client import Vault
from vaultio.errors import InvalidArgumentError
from vaultio.migration.selection import Include


def check(include: Collection[Include], versions: str, concurrency: int, settle_s: float) -> None:
    """Refuse what cannot be meant, before anything is touched."""
    may_be = [one for one in get_args(Include) if one != "annotations"]
    if not set(include) <= set(may_be):
        raise InvalidArgumentError(
            f"include takes {', '.join(may_be)}, not {', '.join(sorted(include))!r}"
        )
    if "source" not in include:
        raise InvalidArgumentError("include takes source, and others beside it")
    if versions not in {"latest", "all"}:
        raise InvalidArgumentError(f"versions is latest or all, not {versions!r}")
    if concurrency < 1:
        raise InvalidArgumentError(f"concurrency must be at least 1, not {concurrency}")
    if settle_s < 0:
        raise InvalidArgumentError(f"settle_s must not be negative, but is {settle_s}")


def are_same(source: Vault, target: Vault, *, may_be: bool) -> bool:
    """Say whether two clients are of one vault; refuse that if it is not meant."""
    is_same = _address(source) == _address(target)
    if is_same and not may_be:
        raise InvalidArgumentError(
            f"source and target are both {_address(source)}: same_vault=True if that is meant"
        )
    return is_same


def _address(vault: Vault) -> str:
    """Name a vault by host and port: whatever its scheme, it is the same one."""
    return urlsplit(vault.base_url).netloc.lower()
