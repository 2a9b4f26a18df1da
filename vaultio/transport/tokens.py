"""Tokens of an identity provider, from a function that the program's author wrote."""

from __future__ import annotations

import asyncio
import functools
import inspect
from collections.abc import Callable
from contextlib import suppress
from threading import Thread
from typing import Any

import anyio

from vaultio.credentials import AccessToken, Secret, TokenSource, hidden, name_of
from vaultio.errors import AuthenticationError, DeadlineError, VaultioError


async def fetch(source: TokenSource, timeout_s: float) -> AccessToken:
    """Have a token fetched, within *timeout_s* seconds (`DeadlineError`).

    Whatever the function raises is an `AuthenticationError` with that as its cause; errors of
    vaultio's pass as they are.
    """
    with anyio.move_on_after(timeout_s):
        try:
            return AccessToken(hidden(await _called(source)))
        except VaultioError:
            raise
        except asyncio.CancelledError as error:
            task = asyncio.current_task()
            if task is not None and task.cancelling():
                raise
            raise _failed(source, error) from error  # something in there was, not we
        except Exception as error:
            raise _failed(source, error) from error
    raise DeadlineError(f"no token to log in with: {name_of(source)} gave none in {timeout_s:g} s")


def _failed(source: TokenSource, error: BaseException) -> AuthenticationError:
    """Make the error of a function that failed; its text stays there: who knows what it holds."""
    return AuthenticationError(
        f"no token to log in with: {name_of(source)} raised {type(error).__name__}"
    )


async def _called(source: TokenSource) -> Any:
    """Call the function, an async one here, any other where it may block."""
    made = source() if _is_async(source) else await _in_thread(source)
    return await made if inspect.isawaitable(made) else made


def _is_async(source: TokenSource) -> bool:
    function: Any = source
    while isinstance(function, functools.partial):
        function = function.func
    return inspect.iscoroutinefunction(function) or inspect.iscoroutinefunction(
        getattr(function, "__call__", None)  # noqa: B004 - it is looked at, not for
    )


async def _in_thread(function: Callable[[], Any]) -> Any:
    """Call a function in a thread of its own, which may hang without holding up the program's end.

    Nobody waits for such a thread: those of an executor are waited for when Python ends.
    """
    loop = asyncio.get_running_loop()
    done: asyncio.Future[Callable[[], Any]] = loop.create_future()

    def work() -> None:
        outcome: Callable[[], Any]
        try:
            made = function()
        except BaseException as error:
            outcome = functools.partial(_raise, error)
        else:
            outcome = functools.partial(Secret.reveal, Secret(made))
        with suppress(RuntimeError):  # the loop has ended meanwhile
            loop.call_soon_threadsafe(_settle, done, outcome)

    Thread(target=work, name="vaultio token", daemon=True).start()
    return (await done)()


def _settle(done: asyncio.Future[Callable[[], Any]], outcome: Callable[[], Any]) -> None:
    if not done.done():
        done.set_result(outcome)


def _raise(error: BaseException) -> None:
    raise error
