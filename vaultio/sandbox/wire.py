"""Requests and replies as the sandbox sees them, whatever carries them."""

from __future__ import annotations

from collections.abc import (
    AsyncGenerator,
    AsyncIterator,
    Callable,
    Iterable,
    Iterator,
    Mapping,
    MutableMapping,
)
from typing import Any, Self
from urllib.parse import parse_qsl

from attrs import define, field

MAX_FORM_BYTES = 8 * 1024 * 1024


class Headers(MutableMapping[str, str]):
    """Headers, found without regard to case; one value a name, the last one wins."""

    def __init__(self, items: Mapping[str, str] | Iterable[tuple[str, str]] = ()) -> None:
        self._items: dict[str, tuple[str, str]] = {}
        for name, value in items.items() if isinstance(items, Mapping) else items:
            self[name] = value

    def __getitem__(self, name: str) -> str:
        return self._items[name.lower()][1]

    def __setitem__(self, name: str, value: str) -> None:
        self._items[name.lower()] = (name, value)

    def __delitem__(self, name: str) -> None:
        del self._items[name.lower()]

    def __iter__(self) -> Iterator[str]:
        return (name for name, _ in self._items.values())

    def __len__(self) -> int:
        return len(self._items)

    def __repr__(self) -> str:
        return f"Headers({dict(self)!r})"


def _headers(items: Mapping[str, str] | Iterable[tuple[str, str]]) -> Headers:
    return items if isinstance(items, Headers) else Headers(items)


@define(kw_only=True)
class SandboxRequest:
    """One call as it came in.

    *path* is raw (percent-encoded, without the query), *query* what follows the ``?``.
    """

    method: str
    path: str
    query: str = ""
    headers: Headers = field(factory=Headers, converter=_headers)
    body: bytes | AsyncIterator[bytes] = b""
    scheme: str = "https"

    @property
    def params(self) -> dict[str, str]:
        """The query parameters; of a repeated one the last."""
        return dict(parse_qsl(self.query, keep_blank_values=True))

    @property
    def host(self) -> str:
        """The Host header: a name, with its port if one was given."""
        return self.headers.get("host", "localhost")

    @property
    def origin(self) -> str:
        """Scheme and host, as in ``http://127.0.0.1:8000``."""
        return f"{self.scheme}://{self.host}"

    async def chunks(self) -> AsyncIterator[bytes]:
        """Yield the body as it comes in; for bodies that are read once."""
        if isinstance(self.body, bytes):
            yield self.body
            return
        async for chunk in self.body:
            yield chunk

    async def read(self, max_bytes: int = MAX_FORM_BYTES) -> bytes:
        """Return the whole body, or raise ValueError if it is larger than *max_bytes*."""
        if not isinstance(self.body, bytes):
            chunks: list[bytes] = []
            size = 0
            async for chunk in self.body:
                size += len(chunk)
                if size > max_bytes:
                    raise ValueError(f"the body is larger than {max_bytes} bytes")
                chunks.append(chunk)
            self.body = b"".join(chunks)
        return self.body


@define(kw_only=True)
class SandboxReply:
    """One answer: *body* is bytes, or chunks that are produced only when they are asked for.

    *response_status* and *error_type* repeat what the body says.
    """

    status: int = 200
    headers: Headers = field(factory=Headers, converter=_headers)
    body: bytes | AsyncIterator[bytes] = b""
    response_status: str = "SUCCESS"
    error_type: str = ""

    async def aclose(self) -> None:
        """Let go of the body, read or not."""
        close = getattr(self.body, "aclose", None)
        if close is not None:
            await close()

    async def chunks(self) -> AsyncGenerator[bytes, None]:
        """Yield the body, then let go of it."""
        try:
            if isinstance(self.body, bytes):
                if self.body:
                    yield self.body
            else:
                async for chunk in self.body:
                    yield chunk
        finally:
            await self.aclose()


class BodyStream(AsyncIterator[bytes]):
    """A body that counts what it gave out and says once when it is over.

    A class and not a generator: a generator that never started would not run its ``finally``.
    """

    def __init__(
        self,
        source: AsyncIterator[bytes],
        *,
        on_chunk: Callable[[int], None],
        on_close: Callable[[], None],
    ) -> None:
        self._source = source
        self._on_chunk = on_chunk
        self._on_close: Callable[[], None] | None = on_close

    def __aiter__(self) -> Self:
        return self

    async def __anext__(self) -> bytes:
        try:
            chunk = await anext(self._source)
        except BaseException:
            # The end, a cut or a cancelled reader: in each case nothing more will come.
            await self.aclose()
            raise
        self._on_chunk(len(chunk))
        return chunk

    async def aclose(self) -> None:
        """End the source; safe to call twice."""
        close: Any = getattr(self._source, "aclose", None)
        on_close, self._on_close = self._on_close, None
        if on_close is not None:
            on_close()
        if close is not None:
            await close()
