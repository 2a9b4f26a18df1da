"""What downloads need of the transport: a caller that streams replies."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from concurrent.futures import Executor
from contextlib import AbstractAsyncContextManager
from typing import Protocol

from vaultio.config import Config
from vaultio.protocol.request import Request

ReadInto = Callable[[memoryview], Awaitable[int]]
"""Waits for bytes of a body, puts them where it is told, and returns how many; 0 is the end.
Raises `ConnectionLostError` if the body is cut short."""


class FileReply(Protocol):
    """The reply to a request for a file: its headers are in, its body is not."""

    @property
    def status(self) -> int:
        """200 or 206; everything else has raised its error."""

    @property
    def headers(self) -> Mapping[str, str]:
        """The headers; looked up without regard to case."""

    @property
    def length(self) -> int | None:
        """The bytes that `chunks` will yield; None if the reply does not say."""

    @property
    def readinto(self) -> ReadInto | None:
        """What to read the body with in place of `chunks`; None if it only comes as chunks."""

    def chunks(self) -> AsyncIterator[bytes]:
        """Yield the decoded body; raise `ConnectionLostError` if it is cut short."""


class FileCaller(Protocol):
    """Sends requests for files: quota, session and retries until the headers are in are its own."""

    @property
    def config(self) -> Config:
        """The settings of the client."""

    @property
    def always_md5(self) -> bool:
        """Whether to reckon the MD5 of a file even where there is none to hold it against."""

    @property
    def threads(self) -> Executor:
        """Where files are written."""

    def may_retry(self) -> bool:
        """Take one try more out of what all calls together have; False if there is none left."""

    def stream(self, request: Request) -> AbstractAsyncContextManager[FileReply]:
        """Open the reply to *request*; leaving closes it."""
