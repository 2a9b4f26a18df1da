"""The way to a Redis or Valkey server: scripts run there in bounded time, errors are our own."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Awaitable, Callable
from functools import cache
from hashlib import sha1
from importlib.resources import files
from typing import TYPE_CHECKING, Any, TypeVar
from urllib.parse import urlsplit

import anyio.to_thread
from attrs import define, frozen

from vaultio.errors import InvalidArgumentError, QuotaStoreError

if TYPE_CHECKING:
    from redis.asyncio import Redis

T = TypeVar("T")

_CONNECT_S = 1.0
_LONGEST_S = 2.0
_AGAIN_S = 5.0
_CONNECTIONS = 8
_KEYS_AT_ONCE = 1_000

_HINTS = {
    "AuthenticationError": "it refused the login",
    "AuthenticationWrongNumberOfArgsError": "it refused the login",
    "AuthorizationError": "it refused the login",
    "NoPermissionError": "its user may not do what is needed; README.md lists that",
    "ReadOnlyError": "it is a replica, which takes no writes; name the primary",
    "BusyLoadingError": "it has just started and is still loading",
    "OutOfMemoryError": "its memory is full",
    "ClusterDownError": "its cluster is down",
    "MovedError": "it is a part of a cluster, in which another node has these books; name that",
    "AskError": "it is a part of a cluster, in which another node has these books; name that",
}
_WORDS = {
    "WRONGTYPE": "the key of the books holds something else",
    "OOM ": "its memory is full",
    "NOPERM": _HINTS["NoPermissionError"],
    "can't run this command": _HINTS["NoPermissionError"],
    "ACL failure": _HINTS["NoPermissionError"],
    "NOAUTH": "it wants a login",
    "READONLY": _HINTS["ReadOnlyError"],
    "MISCONF": "it cannot write to its disk, and takes no writes therefore",
    "BUSY ": "it is busy with somebody's script",
}


@frozen
class Script:
    """A program for the server, and the name that it has there."""

    text: str
    sha: str


@cache
def read_script() -> Script:
    """Put the parts of the books' script together; reads files."""
    folder = files("vaultio.limiter.stores") / "lua"
    parts = sorted(
        (part for part in folder.iterdir() if part.name.endswith(".lua")),
        key=lambda part: part.name,
    )
    text = "\n".join(part.read_text("utf-8") for part in parts)
    return Script(text, sha1(text.encode(), usedforsecurity=False).hexdigest())


@define
class _Owner:
    """Whose connections these are: they are no good in another process or event loop."""

    process: int
    loop: asyncio.AbstractEventLoop


class Link:
    """Connections to one server, made when they are needed. Raises `QuotaStoreError`.

    Each operation takes 2 s at most. It may be done twice: after a connection has gone stale it is
    not known whether the server had done it.
    """

    def __init__(self, url: str) -> None:
        self._url = _in_redis_words(url)
        self.where = _where(self._url)
        self._owner: _Owner | None = None
        self._redis: Redis | None = None
        self._left_alone: list[Redis] = []
        _try_out(self._url)

    async def run(self, key: str, *arguments: str) -> list[str]:
        """Run the books' script on one key, and return its answer."""
        script = await anyio.to_thread.run_sync(read_script) if _is_unread() else read_script()

        async def run(redis: Redis) -> list[str]:
            from redis.exceptions import NoScriptError

            try:
                said: Any = await redis.evalsha(script.sha, 1, key, *arguments)
            except NoScriptError:
                said = await redis.eval(script.text, 1, key, *arguments)
            return [str(text) for text in said]

        return await self._bounded(run)

    async def keys(self, pattern: str) -> list[str]:
        """List the keys that match, in order."""
        found, cursor = set[str](), 0
        while True:

            async def scan(redis: Redis, cursor: int = cursor) -> tuple[int, list[str]]:
                said: Any = await redis.scan(cursor, match=pattern, count=_KEYS_AT_ONCE)
                return int(said[0]), [str(key) for key in said[1]]

            cursor, keys = await self._bounded(scan)
            found.update(keys)
            if not cursor:
                return sorted(found)

    async def aclose(self) -> None:
        """Close the connections of this event loop."""
        redis, owner, self._redis = self._redis, self._owner, None
        if redis is not None and owner == _here():
            await redis.aclose()

    async def _bounded(self, operation: Callable[[Redis], Awaitable[T]]) -> T:
        from redis.exceptions import ConnectionError as GoneError
        from redis.exceptions import RedisError

        redis = self._connected()
        try:
            async with asyncio.timeout(_LONGEST_S):
                try:
                    return await operation(redis)
                except GoneError as error:
                    if type(error) is not GoneError:  # a refusal, not a loss
                        raise
                    return await operation(redis)
        except (RedisError, OSError, TimeoutError) as error:
            lost = QuotaStoreError(f"the quotas' store at {self.where} failed: {_said(error)}")
            lost.retry_after_s = _AGAIN_S
            raise lost from error

    def _connected(self) -> Redis:
        here = _here()
        if self._redis is None or self._owner != here:
            if self._redis is not None:
                # Not even closed: in a forked child that would take the parent's sockets out of
                # the parent's event loop.
                self._left_alone.append(self._redis)
            self._redis, self._owner = _client(self._url), here
        return self._redis


def _here() -> _Owner:
    return _Owner(os.getpid(), asyncio.get_running_loop())


def _is_unread() -> bool:
    return read_script.cache_info().currsize == 0


def _in_redis_words(url: str) -> str:
    scheme, separator, rest = url.partition("://")
    return {"valkey": "redis", "valkeys": "rediss"}.get(scheme, scheme) + separator + rest


def _where(url: str) -> str:
    """Name the server, never a password."""
    try:
        parts = urlsplit(url)
        if parts.scheme == "unix":
            return parts.path
        return f"{parts.hostname or 'localhost'}:{parts.port or 6379}"
    except ValueError:
        return "that address"  # it is refused right after


def _try_out(url: str) -> None:
    """Refuse an address that cannot be meant; nothing is opened."""
    try:
        pool = _client(url).connection_pool
        pool.connection_class(**pool.connection_kwargs)
    except (ValueError, TypeError):
        # What is wrong may be a part of the password: not a word of it.
        raise InvalidArgumentError(
            "this is no address of a Redis server: write redis://[user:password@]host:port/db, "
            "with %XX for the signs in a password that mean something in an address"
        ) from None


def _client(url: str) -> Redis:
    try:
        from redis.asyncio import Redis
        from redis.asyncio.retry import Retry
        from redis.backoff import NoBackoff
    except ModuleNotFoundError as error:
        raise QuotaStoreError(
            'quotas on a Redis server need the redis extra: pip install "vaultio[redis]"'
        ) from error
    return Redis.from_url(
        url,
        decode_responses=True,
        max_connections=_CONNECTIONS,
        protocol=2,
        retry=Retry(NoBackoff(), 0),
        socket_connect_timeout=_CONNECT_S,
        socket_timeout=_LONGEST_S,
        **_unnamed(),
    )


def _unnamed() -> dict[str, Any]:
    """Have no name sent: for the one it has, the library looks on the disk at each connect."""
    try:
        import redis.driver_info  # noqa: F401 - younger versions have it
    except ModuleNotFoundError:
        return {"lib_name": None, "lib_version": None}
    return {"driver_info": None}


def _said(error: Exception) -> str:
    """Say what happened in our words, with the server's behind them."""
    from redis.exceptions import TimeoutError as LateError

    if isinstance(error, TimeoutError | LateError):
        return f"no answer within {_LONGEST_S:g} s"
    text = str(error) or type(error).__name__
    hint = _HINTS.get(type(error).__name__)
    hint = hint or next((hint for word, hint in _WORDS.items() if word in text), None)
    return f"{hint} ({text})" if hint else text
