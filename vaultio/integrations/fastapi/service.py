"""The client of an app: opened when the app starts, closed when it ends, had by a dependency."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager

from anyio import to_thread
from starlette.requests import HTTPConnection

from vaultio.client import Vault


class VaultService:
    """One client for all requests of an app, and so one session, one limiter, one set of sockets.

    *open_vault* is called each time an app starts, in a thread, as it may read files. It returns a
    `Vault`, whose limiter is closed with it, or any other context manager that gives one: a
    function with ``@asynccontextmanager`` may make a call first, so that an app with a wrong
    password does not start.

    Requests wait at most *max_wait_s* seconds for the quota or a free connection, and *timeout_s*
    for an answer. An app with two vaults has two services, each with a *name* of its own.
    """

    def __init__(
        self,
        open_vault: Callable[[], AbstractAsyncContextManager[Vault]],
        *,
        max_wait_s: float = 2.0,
        timeout_s: float = 30.0,
        name: str = "vault",
    ) -> None:
        self._open = open_vault
        self._max_wait_s = max_wait_s
        self._timeout_s = timeout_s
        self._name = name

    @asynccontextmanager
    async def lifespan(self, _: object) -> AsyncIterator[dict[str, Vault]]:
        """Have the client open while the app runs: ``FastAPI(lifespan=service.lifespan)``.

        A lifespan of your own enters it, and yields what it gives, alone or with more: the client
        under the service's name, so that ``request.state.vault`` is there, too.
        """
        async with AsyncExitStack() as stack:
            opened = await to_thread.run_sync(self._open)
            if isinstance(opened, Vault):
                stack.push_async_callback(opened.limiter.aclose)
            vault = await stack.enter_async_context(opened)
            yield {self._name: vault}

    async def vault(self, connection: HTTPConnection) -> Vault:
        """Give an endpoint the client for what somebody waits for: ``Depends(service.vault)``.

        Where the quota or all connections are taken for longer than `max_wait_s`, calls raise
        `QuotaWaitError`, which `handle_errors` makes a 503 with Retry-After.
        """
        return self._opened(connection).with_options(
            priority="interactive", max_wait_s=self._max_wait_s, timeout_s=self._timeout_s
        )

    async def bulk(self, connection: HTTPConnection) -> Vault:
        """Give an endpoint the client for long jobs: they wait as long as it takes, behind all."""
        return self._opened(connection).with_options(priority="bulk")

    def _opened(self, connection: HTTPConnection) -> Vault:
        vault: Vault | None = connection.scope.get("state", {}).get(self._name)
        if vault is None:
            raise RuntimeError(
                "the vault is not open: make the app with lifespan=service.lifespan, or yield what "
                "service.lifespan(app) gives from the app's own lifespan"
            )
        return vault
