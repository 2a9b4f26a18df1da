"""Whether the bytes that arrived are the right ones."""

from __future__ import annotations

import hashlib
from typing import Literal

from vaultio.errors import ChecksumError
from vaultio.models.checksum import Checksum

Verified = Literal["length", "md5", "none"]
"""What a file was held against: its MD5 as Vault knows it; its length, as Vault or the reply
gave it; nothing, because neither was known."""


def new_md5() -> hashlib._Hash:
    """Start an MD5 that also works where policy forbids MD5 for secrets (FIPS)."""
    return hashlib.md5(usedforsecurity=False)


def check(name: str, expected: Checksum, *, size: int, md5: str | None) -> None:
    """Raise `ChecksumError` if *size* in bytes or *md5* is not the expected one.

    What *expected* does not know is not looked at.
    """
    if expected.size is not None and size != expected.size:
        raise ChecksumError(
            f"{name}: {size} bytes arrived, but Vault knows it with {expected.size}"
        )
    if expected.md5 and md5 is not None and md5.lower() != expected.md5.strip().lower():
        raise ChecksumError(f"{name}: the MD5 is {md5}, but Vault knows it as {expected.md5}")


def verified(expected: Checksum, *, length_known: bool) -> Verified:
    """Say what a file that passed was held against, and never more than that."""
    if expected.md5:
        return "md5"
    return "length" if length_known or expected.size is not None else "none"
