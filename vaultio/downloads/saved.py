"""What a download came to."""

from __future__ import annotations

from pathlib import Path

from attrs import frozen

from vaultio.downloads.integrity import Verified


@frozen(kw_only=True)
class SavedFile:
    """A file that is on disk, whole. `size` is in bytes."""

    path: Path
    size: int

    md5: str | None = None
    """32 hexadecimal digits, reckoned from what was written; None if `skipped`, and where Vault's
    is not known unless `Config.always_md5` is set."""

    name: str | None = None
    """What the server calls the file, whatever it is called here; None if it does not say."""

    content_type: str | None = None

    verified: Verified = "none"
    """What the bytes were held against; see `Verified`."""

    skipped: bool = False
    """The file was there before, was left as it is and was not looked into."""

    restarts: int = 0
    """How often the file was fetched from its first byte again."""
