"""Which vault, and as whom: options, then the environment, then a prompt; no secret in options."""

from __future__ import annotations

import getpass
import os
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Annotated

import typer
from attrs import frozen

from vaultio import AccessToken, Config, Credentials, Limiter, Password, SessionId, Vault
from vaultio.cli.running import UsageError

PASSWORD, SESSION_ID, ACCESS_TOKEN = ("PASSWORD", "SESSION_ID", "ACCESS_TOKEN")
_PANEL = "Connection"
_INTERACTIVE_SLOTS = 2

Url = Annotated[
    str | None,
    typer.Option(
        "--url",
        envvar="VAULTIO_URL",
        metavar="URL",
        help="The vault's address, such as https://myvault.veevavault.com.",
        rich_help_panel=_PANEL,
    ),
]
User = Annotated[
    str | None,
    typer.Option(
        "--user",
        envvar="VAULTIO_USER",
        metavar="NAME",
        help="The user to log in as. The password comes from VAULTIO_PASSWORD, from "
        "--password-stdin, or is asked for. A session or token that is there already may be "
        "given in VAULTIO_SESSION_ID or VAULTIO_ACCESS_TOKEN instead.",
        rich_help_panel=_PANEL,
    ),
]
ApiVersion = Annotated[
    str,
    typer.Option(
        "--api-version",
        envvar="VAULTIO_API_VERSION",
        metavar="VERSION",
        help="The version of Vault's API to speak, such as v24.3.",
        rich_help_panel=_PANEL,
    ),
]
PasswordStdin = Annotated[
    bool,
    typer.Option(
        "--password-stdin",
        help="Read the password from the first line of standard input.",
        rich_help_panel=_PANEL,
    ),
]
Quiet = Annotated[
    bool, typer.Option("--quiet", "-q", help="Show no progress; errors are still said.")
]
Trace = Annotated[
    bool, typer.Option("--traceback", help="With an error, show where in the code it came from.")
]
Store = Annotated[
    str | None,
    typer.Option(
        "--store",
        envvar="VAULTIO_QUOTA_STORE",
        metavar="URL",
        help="Where jobs share the vault's API quotas: sqlite:///quota.db for those of one "
        "machine, redis://host:6379/0 for several. Without it a job knows of itself alone.",
        rich_help_panel=_PANEL,
    ),
]
DEFAULT_VERSION = "v11.0"


@frozen(kw_only=True)
class Connection:
    """All that opening a `Vault` takes, checked for being there."""

    url: str
    credentials: Credentials
    api_version: str
    store: str | None = None

    @asynccontextmanager
    async def open(self, concurrency: int = 1) -> AsyncIterator[Vault]:
        """Open the client, with room for so many calls at once."""
        slots = max(Config().concurrency, concurrency + _INTERACTIVE_SLOTS)
        config = Config(concurrency=slots, interactive_slots=_INTERACTIVE_SLOTS)
        limiter = Limiter(store=self.store)
        try:
            async with Vault(
                self.url,
                self.credentials,
                api_version=self.api_version,
                config=config,
                limiter=limiter,
            ) as vault:
                yield vault
        finally:
            await limiter.aclose()


@frozen(kw_only=True)
class Access:
    """The options of one vault."""

    url: Url = None
    user: User = None
    api_version: ApiVersion = DEFAULT_VERSION
    password_stdin: PasswordStdin = False
    store: Store = None

    def connection(self) -> Connection:
        """Gather the settings, or raise `UsageError` naming the one that is missing."""
        return connection(
            self.url,
            self.user,
            self.api_version,
            password_stdin=self.password_stdin,
            store=self.store,
        )


def connection(
    url: str | None,
    user: str | None,
    api_version: str,
    *,
    password_stdin: bool,
    store: str | None = None,
    side: str = "",
) -> Connection:
    """Gather the settings of a connection, or raise `UsageError` naming the one that is missing.

    *side* tells the options and variables of one of two vaults apart: ``source`` or ``target``.
    """
    option, variable = (f"--{side}-", f"VAULTIO_{side.upper()}_") if side else ("--", "VAULTIO_")
    if not url:
        raise UsageError(
            f"no {side}{' ' if side else ''}vault address: give {option}url "
            f"https://myvault.veevavault.com or set {variable}URL"
        )
    credentials: Credentials | None = None if password_stdin else _given_session(variable)
    if credentials is None:
        if not user:
            raise UsageError(
                f"no user{f' of the {side} vault' if side else ''}: give {option}user or set "
                f"{variable}USER (or set {variable}{SESSION_ID} or {variable}{ACCESS_TOKEN} "
                f"instead)"
            )
        name = f"{variable}{PASSWORD}"
        credentials = Password(user, _password(user, name, from_stdin=password_stdin))
    return Connection(url=url, credentials=credentials, api_version=api_version, store=store)


def _given_session(variable: str) -> AccessToken | SessionId | None:
    """Take a token or session out of the environment; the token first."""
    if token := os.environ.get(f"{variable}{ACCESS_TOKEN}"):
        return AccessToken(token)
    if session_id := os.environ.get(f"{variable}{SESSION_ID}"):
        return SessionId(session_id)
    return None


def _password(user: str, variable: str, *, from_stdin: bool) -> str:
    """Find the password; an empty one is as good as none."""
    if from_stdin:
        password = sys.stdin.readline().rstrip("\r\n")
        where = "the first line of standard input is empty"
    elif password := os.environ.get(variable, ""):
        return password
    elif sys.stdin.isatty():
        password = getpass.getpass(f"Password of {user}: ", stream=sys.stderr)
        where = "nothing was typed"
    else:
        where = "there is no terminal to ask at"
    if not password:
        raise UsageError(f"no password ({where}): set {variable} or use --password-stdin")
    return password
