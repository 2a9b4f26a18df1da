"""The client of an app: opened and closed with it, its own, and had by all of its endpoints."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path

import pytest
from fastapi import Depends, FastAPI
from fastapi.security import APIKeyHeader
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from tests.conftest import USER
from tests.integrations.web import app_of, started
from tests.leaks import PASSWORD
from vaultio import AuthenticationError, Limiter, Password, SessionId, Vault
from vaultio.integrations.fastapi import VaultFile, VaultService, handle_errors
from vaultio.sandbox import Sandbox
from vaultio.sandbox.stores.users import HOME_VAULT

ADDRESS = "https://sandbox.veevavault.com"


def vault_of(sandbox: Sandbox, password: str = PASSWORD, limiter: Limiter | None = None) -> Vault:
    """Make a client of a sandbox in this process."""
    credentials, wire = Password(USER, password), sandbox.transport()
    return Vault(ADDRESS, credentials, api_version="v24.3", transport=wire, limiter=limiter)


async def test_an_app_opens_and_closes_its_client(sandbox: Sandbox) -> None:
    """One login for all requests; at the end the session is ended, and all can begin anew."""
    sandbox.documents.add("Plan")
    app = app_of(VaultService(lambda: vault_of(sandbox)))
    for _ in range(2):
        async with started(app) as client:
            assert [(await client.get("/documents/1")).status_code for _ in range(3)] == [200] * 3
            assert len(sandbox.sessions) == 1

        assert len(sandbox.sessions) == 0
    assert sandbox.sessions.logins == 2


def open_books(folder: Path) -> list[Path]:
    """List what SQLite keeps beside a file while somebody has it open."""
    return list(folder.glob("*-wal"))


async def test_an_app_closes_the_books_too(sandbox: Sandbox, tmp_path: Path) -> None:
    """A limiter that the client brings along is closed with it: the file is in nobody's hands."""
    limiter = Limiter(store=f"sqlite:///{tmp_path}/quota.db")
    sandbox.documents.add("Plan")
    async with started(app_of(VaultService(lambda: vault_of(sandbox, limiter=limiter)))) as client:
        assert (await client.get("/documents/1")).json() == {"name": "Plan"}

    assert open_books(tmp_path) == []


@pytest.fixture
def other(sandbox: Sandbox) -> Sandbox:
    """A second vault; each has one document, called One and Other."""
    other = Sandbox()
    other.users[USER].password = PASSWORD
    sandbox.documents.add("One")
    other.documents.add("Other")
    return other


async def test_two_apps_in_one_process(sandbox: Sandbox, other: Sandbox) -> None:
    """Each has its own client, and so its own vault."""
    apps = [app_of(VaultService(partial(vault_of, box))) for box in (sandbox, other)]

    async with started(apps[0]) as one, started(apps[1]) as two:
        names = [(await client.get("/documents/1")).json()["name"] for client in (one, two)]

    assert names == ["One", "Other"]


def app_of_two(first: VaultService, second: VaultService) -> FastAPI:
    """Make an app with two vaults, and an app below it for each."""

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[dict[str, Vault]]:
        async with first.lifespan(app) as one, second.lifespan(app) as two:
            yield {**one, **two}

    app = FastAPI(lifespan=lifespan)
    app.mount("/one", app_of(first))
    app.mount("/two", app_of(second))
    return app


async def test_two_vaults_in_one_app(sandbox: Sandbox, other: Sandbox) -> None:
    """Two services are told apart by name; an app below another has them, too."""
    first = VaultService(lambda: vault_of(sandbox))
    second = VaultService(lambda: vault_of(other), name="second")

    async with started(app_of_two(first, second)) as client:
        names = [(await client.get(f"/{one}/documents/1")).json()["name"] for one in ("one", "two")]

    assert names == ["One", "Other"]


async def test_an_app_that_cannot_start(sandbox: Sandbox) -> None:
    """What opening raises keeps the app from starting; what was open by then is closed."""

    @asynccontextmanager
    async def checked() -> AsyncIterator[Vault]:
        async with vault_of(sandbox, "wrong") as vault:
            await vault.domain.retrieve()
            yield vault

    with pytest.raises(AuthenticationError):
        async with started(app_of(VaultService(checked))):
            raise AssertionError

    def missing() -> Vault:
        raise KeyError("VAULTIO_URL")

    with pytest.raises(KeyError):
        async with started(app_of(VaultService(missing))):
            raise AssertionError


async def test_a_start_that_fails_later(sandbox: Sandbox) -> None:
    """The client is closed, session and all, where the app's own part of the start fails."""
    service = VaultService(lambda: vault_of(sandbox))

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        async with service.lifespan(app) as state:
            await state["vault"].users.retrieve_all()
            raise OSError("no database")
            yield

    with pytest.raises(OSError, match="no database"):
        async with started(FastAPI(lifespan=lifespan)):
            raise AssertionError
    assert (sandbox.sessions.logins, len(sandbox.sessions)) == (1, 0)


async def test_a_lifespan_that_was_forgotten(sandbox: Sandbox) -> None:
    """It is said what is missing."""
    app = app_of(VaultService(lambda: vault_of(sandbox)))
    app.router.lifespan_context = FastAPI().router.lifespan_context
    with pytest.raises(RuntimeError, match=r"lifespan=service\.lifespan"):
        async with started(app) as client:
            await client.get("/documents/1")


SESSION = APIKeyHeader(name="X-Vault-Session")


def app_of_users(service: VaultService) -> FastAPI:
    """Make an app in which each calls with a session of his own."""
    given, asked = Depends(service.vault), Depends(SESSION)

    async def own_vault(vault: Vault = given, session: str = asked) -> Vault:
        return vault.with_session(SessionId(session))

    app = FastAPI(lifespan=service.lifespan)
    handle_errors(app)
    own = Depends(own_vault)

    @app.get("/documents/{document_id}")
    async def name(document_id: int, vault: Vault = own) -> str | None:
        return (await vault.documents.retrieve(document_id)).name

    return app


async def test_sessions_of_users(sandbox: Sandbox) -> None:
    """Each request calls in its user's name; a session that has ended is his to renew: 401."""
    sandbox.documents.add("Plan")
    session = sandbox.sessions.start(sandbox.users[USER], HOME_VAULT)
    async with started(app_of_users(VaultService(lambda: vault_of(sandbox)))) as client:
        for session_id, status in ((session, 200), ("of nobody", 400), (session + "0", 401)):
            answer = await client.get("/documents/1", headers={"X-Vault-Session": session_id})
            assert answer.status_code == status

    assert answer.headers["www-authenticate"] == "VaultSession"
    assert (sandbox.sessions.logins, len(sandbox.sessions)) == (0, 1)


async def test_an_app_of_starlette(sandbox: Sandbox) -> None:
    """Nothing needs FastAPI: the client, the errors and the files are Starlette's as well."""
    sandbox.documents.add("Plan", b"plan")
    service = VaultService(lambda: vault_of(sandbox))

    async def file(request: Request) -> Response:
        vault = await service.vault(request)
        return VaultFile(vault.documents.open(request.path_params["id"], verify=True))

    app = Starlette(routes=[Route("/{id:int}", file)], lifespan=service.lifespan)
    handle_errors(app)
    async with started(app) as client:
        assert (await client.get("/1", headers={"Range": "bytes=1-2"})).content == b"la"
        assert (await client.get("/2")).status_code == 404
