"""One file on its way into the sink: tries, continued bodies, fresh starts."""

from __future__ import annotations

import math
from collections.abc import Callable
from contextlib import AsyncExitStack
from pathlib import Path

import anyio
import attrs

from vaultio.downloads.integrity import check
from vaultio.downloads.names import disposition_name, safe_name
from vaultio.downloads.ranges import ContentRange, Facts, place
from vaultio.downloads.sink import Sink
from vaultio.downloads.source import FileCaller, FileReply
from vaultio.downloads.speed import Pace
from vaultio.errors import (
    ApiLimitError,
    AuthenticationError,
    ChecksumError,
    NotVaultError,
    SessionExpiredError,
    TruncatedError,
    VaultError,
)
from vaultio.models.checksum import Checksum
from vaultio.protocol.request import Request

Progress = Callable[[int, int | None], object]
"""Called with the bytes that are there and all that will be (None: unknown): at the start, every
256 KiB, at the end. The first number goes back when a fetch starts over. What it raises ends the
download."""

PROGRESS_BYTES = 256 * 1024
_PAUSE_S = 0.5
_LONGEST_PAUSE_S = 8.0
_NOT_ABOUT_THE_RANGE = (ApiLimitError, AuthenticationError, SessionExpiredError)


class Fetch:
    """The way of one file into an open *sink*; what is known of the file when it is there."""

    def __init__(
        self,
        caller: FileCaller,
        request: Request,
        sink: Sink,
        *,
        resume: Request | None,
        expected: Checksum,
        progress: Progress | None,
        fallback_name: str,
        archive: bool,
    ) -> None:
        self._caller = caller
        self._request = request
        self._resume = resume
        self._sink = sink
        self._expected = expected
        self._progress = progress
        self._fallback_name = fallback_name
        self._archive = archive
        self._pace = Pace(caller.config)
        self._label = fallback_name
        self._facts: Facts | None = None
        self._end: int | None = None  # of the reply being read, counted in the file
        # A range that the caller asked for is to it what the whole file is to others.
        self._own_range = "range" in map(str.lower, request.headers)
        self._ranges = not self._own_range
        self._told: int | None = None
        self._tries = 0
        self._checksum_failed = False
        self.restarts = 0
        self.name: str | None = None
        self.content_type: str | None = None
        self.md5: str | None = None

    @property
    def length_known(self) -> bool:
        """Whether the server said how long the file is."""
        return self._facts is not None and self._facts.length is not None

    async def run(self) -> Path | None:
        """Fetch, check and publish the file; None if it was skipped."""
        while True:
            try:
                fetched = await self._fetch()
                return await self._sink.commit(self._check) if fetched else None
            except ChecksumError:
                if self._checksum_failed or not self._repeatable:
                    raise
                self._checksum_failed = True
                await self._start_over()

    @property
    def _repeatable(self) -> bool:
        return self._resume is not None or self._request.repeat.allowed

    def _check(self, size: int, md5: str) -> None:
        self.md5 = md5
        check(self._label, self._expected, size=size, md5=md5)

    async def _fetch(self) -> bool:
        """Bring all bytes into the sink; False if the file is to be skipped."""
        while True:
            before = self._sink.size
            try:
                if not await self._try():
                    return False
            except TruncatedError as cut:
                await self._before_another(cut)
                continue
            total = self._facts.length if self._facts else None
            if total is None or self._sink.size >= total:
                return True
            # An orderly piece: file staging gives 50 MB at most. It costs no try if it moves on.
            if self._sink.size > before:
                self._tries -= 1

    async def _try(self) -> bool:
        """Send one request and read its body into the sink; False to skip."""
        usable = self._ranges and self._facts is not None and not self._facts.encoded
        asked = self._sink.size or None if usable else None
        first = self._tries == 0
        self._tries += 1
        request = self._request if first or self._resume is None else self._resume
        async with AsyncExitStack() as stack:
            reply = await self._open(stack, for_file(request, asked), asked)
            if not await self._begin(reply, asked):
                return False
            await self._read(reply)
        return True

    async def _open(self, stack: AsyncExitStack, request: Request, asked: int | None) -> FileReply:
        """Wait for the headers of a reply; a refusal to send a part is a reason to start over."""
        try:
            return await stack.enter_async_context(self._caller.stream(request))
        except (VaultError, NotVaultError) as error:
            if asked is None or isinstance(error, _NOT_ABOUT_THE_RANGE):
                raise
            self._ranges = False
            raise TruncatedError(f"the server did not go on: {error}") from error

    async def _begin(self, reply: FileReply, asked: int | None) -> bool:
        """Find the place of the reply's bytes and make it the end of the sink; False to skip."""
        known = self._facts or Facts()
        where = "whole" if self._own_range else place(reply, asked, known)
        part = ContentRange.of(reply)
        if where == "elsewhere":
            self._ranges = False
            raise TruncatedError("the reply is not the part of the file that was asked for")
        if where == "continued" and part is not None:
            self._end = part.end
            self._facts = attrs.evolve(known, length=part.total or known.length)
        else:
            if self._sink.size:
                await self._start_over()
            self._end = reply.length
            first, self._facts = self._facts is None, Facts.of(reply)
            if first and not await self._name(reply):
                return False
        self._tell(now=True)
        return True

    async def _name(self, reply: FileReply) -> bool:
        """Take name and type from the first reply; False if a file of that name is skipped."""
        self.name = disposition_name(reply.headers.get("content-disposition"))
        self.content_type = reply.headers.get("content-type")
        name = safe_name(self.name, self._fallback_name, archive=self._archive)
        claimed = await self._sink.claim(name)
        self._label = str(self._sink.target)
        return claimed

    async def _read(self, reply: FileReply) -> None:
        """Read one body to its end into the sink."""
        async with self._pace.reader(self._label, reply.chunks()) as body:
            while (chunk := await body.next()) is not None:
                self._admit(self._sink.size + len(chunk))
                await self._sink.write(chunk)
                self._tell()
        # Without an announced end Vault's own size is the only thing that shows a silent cut.
        end = self._expected.size if self._end is None else self._end
        if end is not None and self._sink.size < end:
            raise TruncatedError(f"the body ended at {self._sink.size} of {end} bytes")
        self._tell(now=True)

    def _admit(self, size: int) -> None:
        """Refuse bytes beyond the end that was announced or that Vault knows."""
        if self._end is not None and size > self._end:
            self._ranges = False  # nothing that this reply brought is sure
            raise TruncatedError(f"the body goes on beyond its {self._end} bytes")
        if self._expected.size is not None and size > self._expected.size:
            check(self._label, self._expected, size=size, md5=None)

    async def _before_another(self, cut: TruncatedError) -> None:
        """Wait before another try, or give up and say what arrived."""
        if not self._repeatable or self._tries >= self._caller.config.max_tries:
            total = self._expected.size or (self._facts.length if self._facts else None)
            raise TruncatedError(
                f"{self._label}: {self._sink.size} of {total or 'an unknown number of'} bytes "
                f"arrived in {self._tries} tries; {cut}"
            ) from cut
        await self._sink.drain()
        await anyio.sleep(min(_PAUSE_S * 2 ** (self._tries - 1), _LONGEST_PAUSE_S))

    async def _start_over(self) -> None:
        await self._sink.restart()
        self.restarts += 1

    def _tell(self, *, now: bool = False) -> None:
        """Call the progress function if there is enough to tell."""
        size = self._sink.size
        moved = math.inf if self._told is None else abs(size - self._told)
        if self._progress is None or not moved or (moved < PROGRESS_BYTES and not now):
            return
        self._told = size
        total = self._facts.length if self._facts else None
        self._progress(size, self._expected.size if total is None else total)


def for_file(request: Request, start: int | None = None) -> Request:
    """Ask for the bytes as they are, uncompressed, from *start* on."""
    headers = {k: v for k, v in request.headers.items() if k.lower() != "accept-encoding"}
    headers["Accept-Encoding"] = "identity"
    if start is not None:
        headers["Range"] = f"bytes={start}-"
    return attrs.evolve(request, headers=headers)
