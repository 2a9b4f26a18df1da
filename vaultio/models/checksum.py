"""What a file must be once it has arrived."""

from __future__ import annotations

from attrs import frozen


@frozen
class Checksum:
    """The size in bytes and the MD5 (32 hexadecimal digits) that Vault knows of a file.

    None stands for what it does not know.
    """

    size: int | None = None
    md5: str | None = None

    def __bool__(self) -> bool:
        return self.size is not None or self.md5 is not None
