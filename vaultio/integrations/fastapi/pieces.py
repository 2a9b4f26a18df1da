"""Which bytes of a stream go out, and when the last of them may."""

from __future__ import annotations

from collections.abc import AsyncGenerator

from attrs import frozen

from vaultio.downloads import FileStream
from vaultio.errors import TruncatedError
from vaultio.integrations.fastapi.ranges import Wanted


@frozen
class Slice:
    """What of a stream is sent: *length* bytes (None: all there are) behind the first *skip*.

    *content_range* is the header of an answer that is a part. With *to_end* the stream is over
    with the last of the bytes, so that it can be checked.
    """

    skip: int = 0
    length: int | None = None
    to_end: bool = True
    content_range: str | None = None


def cut_out(stream: FileStream, wanted: Wanted | None) -> Slice:
    """Find what is wanted in what Vault has sent; everything where nobody knows the size.

    Raises `UnsatisfiableError` for a part that is not there.
    """
    total = stream.total
    if stream.is_part:
        last = stream.start + (stream.length or 0) - 1
        said = f"bytes {stream.start}-{last}/{'*' if total is None else total}"
        return Slice(length=stream.length, content_range=said)
    if wanted is None or total is None:
        return Slice(length=stream.length)
    start, end = wanted.within(total)
    return Slice(start, end - start, end == total, f"bytes {start}-{end - 1}/{total}")


async def pieces(stream: FileStream, part: Slice) -> AsyncGenerator[bytes, None]:
    """Yield the bytes of *part*, the last of them only when all are there and checked.

    Otherwise a browser that counts bytes would take a file for good that turns out to be wrong,
    or too long. Raises what the stream raises, and `TruncatedError`.
    """
    skip, left, held = part.skip, part.length, b""
    async for chunk in stream:
        piece = chunk[skip:]
        skip -= len(chunk) - len(piece)
        if left is not None:
            piece = piece if part.to_end else piece[:left]
            left -= len(piece)
            if left < 0:
                raise TruncatedError("the file goes on beyond the size that Vault knows")
        if piece and held:
            yield held
        held = piece or held
        if left == 0 and not part.to_end:
            break
    if left:
        raise TruncatedError(f"the file ended {left} bytes before its end")
    if held:
        yield held
