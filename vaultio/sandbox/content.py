"""What files hold: bytes that can be made again from any offset, so nothing large is kept."""

from __future__ import annotations

import hashlib
import io
import random
import struct
import zipfile
from abc import ABC, abstractmethod
from collections.abc import Iterator, Sequence
from functools import cached_property
from typing import Any

BLOCK_BYTES = 64 * 1024


class Content(ABC):
    """The bytes of one file; size and MD5 are true and reckoned only when asked for."""

    @property
    def on_disk(self) -> bool:
        """Whether reading it may take the disk's time."""
        return False

    @abstractmethod
    def blocks(self, start: int = 0) -> Iterator[bytes]:
        """Yield the bytes from offset *start* on, in blocks of any size."""

    @cached_property
    def size(self) -> int:
        """The length in bytes."""
        return sum(map(len, self.blocks()))

    @cached_property
    def md5(self) -> str:
        """The MD5 in lower-case hexadecimal."""
        digest = hashlib.md5(usedforsecurity=False)
        for block in self.blocks():
            digest.update(block)
        return digest.hexdigest()

    def read(self) -> bytes:
        """Return everything; for tests that compare."""
        return b"".join(self.blocks())


class BytesContent(Content):
    """A file whose bytes were given."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self.size = len(data)

    def blocks(self, start: int = 0) -> Iterator[bytes]:
        """Yield the bytes from offset *start* on."""
        for offset in range(start, len(self._data), BLOCK_BYTES):
            yield self._data[offset : offset + BLOCK_BYTES]


class GeneratedContent(Content):
    """A file of *size* bytes that follow from *seed*: the same on every run, never kept.

    Every block of 64 KiB starts with the seed and its number, so that blocks that are swapped,
    doubled or lost change the MD5.
    """

    def __init__(self, size: int, seed: int = 0, *, magic: bytes = b"") -> None:
        self.size = size
        self.seed = seed
        self._magic = magic

    def blocks(self, start: int = 0) -> Iterator[bytes]:
        """Yield the bytes from offset *start* on."""
        template = random.Random(self.seed).randbytes(min(self.size, BLOCK_BYTES))
        for number in range(start // BLOCK_BYTES, -(-self.size // BLOCK_BYTES)):
            begin = number * BLOCK_BYTES
            head = self._magic if number == 0 else b""
            head += struct.pack(">QQ", self.seed & (2**64 - 1), number)
            block = (head + template[len(head) :])[: self.size - begin]
            yield block[max(0, start - begin) :]


class ZipContent(Content):
    """An archive of other files, stored and not compressed, made while it is read."""

    def __init__(self, entries: Sequence[tuple[str, Content]]) -> None:
        self.entries = list(entries)

    @property
    def on_disk(self) -> bool:
        """Whether any of the files is."""
        return any(content.on_disk for _, content in self.entries)

    def blocks(self, start: int = 0) -> Iterator[bytes]:
        """Yield the archive from offset *start* on."""
        sink = _Sink()
        # A sink that cannot seek makes zipfile write sizes and checksums after each entry.
        with zipfile.ZipFile(sink, "w", zipfile.ZIP_STORED) as archive:
            for name, content in self.entries:
                entry = zipfile.ZipInfo(name, (2026, 1, 1, 0, 0, 0))
                with archive.open(entry, "w", force_zip64=content.size > 2**31) as target:
                    for block in content.blocks():
                        target.write(block)
                        yield from sink.drain(start)
                yield from sink.drain(start)
        yield from sink.drain(start)


class _Sink(io.RawIOBase):
    """Collects what zipfile writes until it is drained."""

    def __init__(self) -> None:
        super().__init__()
        self._written: list[bytes] = []
        self._offset = 0

    def writable(self) -> bool:
        return True

    def write(self, data: Any) -> int:
        block = bytes(data)
        self._written.append(block)
        return len(block)

    def drain(self, start: int) -> Iterator[bytes]:
        """Yield what lies at or after offset *start*, and forget it."""
        block = b"".join(self._written)
        self._written.clear()
        skip = max(0, start - self._offset)
        self._offset += len(block)
        if block[skip:]:
            yield block[skip:]


def as_content(value: bytes | str | int | Content) -> Content:
    """Make content of bytes, of text, of a size in bytes (generated), or of content itself."""
    if isinstance(value, Content):
        return value
    if isinstance(value, int):
        return GeneratedContent(value, seed=value)
    return BytesContent(value.encode() if isinstance(value, str) else value)
