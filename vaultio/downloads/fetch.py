"""One file on its way into the sink: tries, continued bodies, fresh starts."""

from __future__ import annotations

import math
from collections.abc import Callable
from contextlib import AsyncExitStack
from pathlib import Path

import anyio
import attrs
from attrs import define, field

from vaultio.downloads.integrity import check, verified
from vaultio.downloads.names import disposition_name, safe_name
from vaultio.downloads.ranges import ContentRange, Facts, place
from vaultio.downloads.saved import SavedFile
from vaultio.downloads.sink import Sink
from vaultio.downloads.source import FileCaller, FileReply, ReadInto
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
from vaultio.logs import logger
from vaultio.models.checksum import Checksum
from vaultio.protocol.request import Request

Progress = Callable[[int, int | None], object]
"""Called with the bytes that are there and all that will be (None: unknown): at the start, after
256 KiB to 1 MiB each, at the end. The first number goes back when a fetch starts over. What it
raises ends the download."""

PROGRESS_BYTES = 256 * 1024
WORTH_A_TRY_BYTES = 16 * 1024 * 1024
_PAUSE_S = 0.5
_LONGEST_PAUSE_S = 8.0
log = logger("downloads")
_NOT_ABOUT_THE_RANGE = (ApiLimitError, AuthenticationError, SessionExpiredError)


@define
class Fetch:
    """The way of one file into an open *sink*; used once."""

    caller: FileCaller
    request: Request
    sink: Sink
    resume: Request | None
    expected: Checksum
    progress: Progress | None
    fallback_name: str
    archive: bool

    _pace: Pace = field(init=False)
    _label: str = field(init=False)
    _facts: Facts | None = field(init=False, default=None)
    _end: int | None = field(init=False, default=None)  # of the reply, counted in the file
    _own_range: bool = field(init=False)
    _ranges: bool = field(init=False)
    _told: int | None = field(init=False, default=None)
    _tries: int = field(init=False, default=0)
    _checksum_failed: bool = field(init=False, default=False)
    _restarts: int = field(init=False, default=0)
    _name: str | None = field(init=False, default=None)
    _content_type: str | None = field(init=False, default=None)
    _md5: str | None = field(init=False, default=None)

    def __attrs_post_init__(self) -> None:
        self._pace = Pace(self.caller.config)
        self._label = self.fallback_name
        # A range that the caller asked for is to it what the whole file is to others.
        self._own_range = "range" in map(str.lower, self.request.headers)
        self._ranges = not self._own_range

    async def run(self) -> SavedFile:
        """Fetch, check and publish the file."""
        while True:
            try:
                fetched = await self._fetch()
                return self._saved(await self.sink.commit(self._check) if fetched else None)
            except ChecksumError:
                if self._checksum_failed or not self._repeatable:
                    raise
                self._checksum_failed = True
                await self._start_over()

    def _saved(self, path: Path | None) -> SavedFile:
        """Say what came of it; None as *path* is a file that was there already."""
        said = SavedFile(
            path=path or self.sink.target,
            size=self.sink.size if path else self.sink.existing_size,
            name=self._name,
            content_type=self._content_type,
            skipped=path is None,
            restarts=self._restarts,
        )
        if path is None:
            return said
        length_known = self._facts is not None and self._facts.length is not None
        sure = verified(self.expected, length_known=length_known)
        return attrs.evolve(said, md5=self._md5, verified=sure)

    @property
    def _repeatable(self) -> bool:
        return self.resume is not None or self.request.repeat.allowed

    def _check(self, size: int, md5: str | None) -> None:
        self._md5 = md5
        check(self._label, self.expected, size=size, md5=md5)

    async def _fetch(self) -> bool:
        """Bring all bytes into the sink; False if the file is to be skipped."""
        while True:
            before = self.sink.size
            try:
                if not await self._try():
                    return False
            except TruncatedError as cut:
                # A file of many gigabytes may be cut often: what moved on costs no try.
                moved = self.sink.size - before >= WORTH_A_TRY_BYTES
                if moved:
                    self._tries = 1
                await self._before_another(cut, free=moved)
                continue
            total = self._facts.length if self._facts else None
            if total is None or self.sink.size >= total:
                return True
            self._tries -= 1  # a piece that ended in order: file staging gives 50 MB at most

    async def _try(self) -> bool:
        """Send one request and read its body into the sink; False to skip."""
        usable = self._ranges and self._facts is not None and not self._facts.encoded
        asked = self.sink.size or None if usable else None
        first = self._tries == 0
        self._tries += 1
        request = self.request if first or self.resume is None else self.resume
        async with AsyncExitStack() as stack:
            reply = await self._open(stack, for_file(request, asked), asked)
            if not await self._begin(reply, asked):
                return False
            await self._read(reply)
        return True

    async def _open(self, stack: AsyncExitStack, request: Request, asked: int | None) -> FileReply:
        """Wait for the headers of a reply; a refusal to send a part is a reason to start over."""
        try:
            return await stack.enter_async_context(self.caller.stream(request))
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
            if self.sink.size:
                await self._start_over()
            self._end = reply.length
            first, self._facts = self._facts is None, Facts.of(reply)
            if first and not await self._take_name(reply):
                return False
        self._tell(now=True)
        return True

    async def _take_name(self, reply: FileReply) -> bool:
        """Take name and type from the first reply; False if a file of that name is skipped."""
        self._name = disposition_name(reply.headers.get("content-disposition"))
        self._content_type = reply.headers.get("content-type")
        name = safe_name(self._name, self.fallback_name, archive=self.archive)
        claimed = await self.sink.claim(name, self._end)
        self._label = str(self.sink.target)
        return claimed

    async def _read(self, reply: FileReply) -> None:
        """Read one body to its end into the sink."""
        if reply.readinto is None:
            await self._read_chunks(reply)
        else:
            await self._fill(reply.readinto, reply.length)
        # Without an announced end Vault's own size is the only thing that shows a silent cut.
        end = self.expected.size if self._end is None else self._end
        if end is not None and self.sink.size < end:
            raise TruncatedError(f"the body ended at {self.sink.size} of {end} bytes")
        self._tell(now=True)

    async def _read_chunks(self, reply: FileReply) -> None:
        async with self._pace.reader(self._label, reply.chunks()) as body:
            while (chunk := await body.next()) is not None:
                self._admit(self.sink.size + len(chunk))
                await self.sink.write(chunk)
                self._tell()

    async def _fill(self, readinto: ReadInto, length: int | None) -> None:
        sink, filler = self.sink, self._pace.filler(self._label, readinto)
        # An announced body is over with its last byte; any other says so itself.
        end = math.inf if length is None else sink.size + length
        while sink.size < end and (count := await filler.fill(sink.room(self._end))):
            self._admit(sink.size + count)
            await sink.filled(count)
            self._tell()

    def _admit(self, size: int) -> None:
        """Refuse bytes beyond the end that was announced or that Vault knows."""
        if self._end is not None and size > self._end:
            self._ranges = False  # nothing that this reply brought is sure
            raise TruncatedError(f"the body goes on beyond its {self._end} bytes")
        if self.expected.size is not None and size > self.expected.size:
            check(self._label, self.expected, size=size, md5=None)

    async def _before_another(self, cut: TruncatedError, *, free: bool) -> None:
        """Wait before another try, or give up and say what arrived.

        A try that is not *free* comes out of what all calls together have, as that of a call
        does: the downloads of an outage would multiply it.
        """
        more = self._repeatable and self._tries < self.caller.config.max_tries
        if not (more and (free or self.caller.may_retry())):
            total = self.expected.size or (self._facts.length if self._facts else None)
            raise TruncatedError(
                f"{self._label}: {self.sink.size} of {total or 'an unknown number of'} bytes "
                f"arrived by try {self._tries}; {cut}"
            ) from cut
        pause_s = min(_PAUSE_S * 2 ** (self._tries - 1), _LONGEST_PAUSE_S)
        facts = {"bytes_received": self.sink.size, "tries": self._tries}
        log.warning("%s goes on in %.1f s: %s", self._label, pause_s, cut, extra=facts)
        await self.sink.drain()
        await anyio.sleep(pause_s)

    async def _start_over(self) -> None:
        await self.sink.restart()
        self._restarts += 1

    def _tell(self, *, now: bool = False) -> None:
        """Call the progress function if there is enough to tell."""
        size = self.sink.size
        moved = math.inf if self._told is None else abs(size - self._told)
        if self.progress is None or not moved or (moved < PROGRESS_BYTES and not now):
            return
        self._told = size
        total = self._facts.length if self._facts else None
        self.progress(size, self.expected.size if total is None else total)


def for_file(request: Request, start: int | None = None) -> Request:
    """Ask for the bytes as they are, uncompressed, from *start* on."""
    headers = {k: v for k, v in request.headers.items() if k.lower() != "accept-encoding"}
    headers["Accept-Encoding"] = "identity"
    if start is not None:
        headers["Range"] = f"bytes={start}-"
    return attrs.evolve(request, headers=headers)
