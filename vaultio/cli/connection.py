"""Which vault, and as whom: the options, and the client that they open."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Annotated

import typer
from anyio.to_thread import run_sync
from attrs import frozen

from vaultio import Config, Credentials, Limiter, Vault
from vaultio.cli.completing import profile_names
from vaultio.cli.settings import DEFAULT_VERSION, Given, Settings, settings
from vaultio.references import is_reference, looked_up

__all__ = ["DEFAULT_VERSION", "Access", "Connection"]

PANEL = "Connection"
_INTERACTIVE_SLOTS = 2

ProfileName = Annotated[
    str | None,
    typer.Option(
        "--profile",
        "-p",
        metavar="NAME",
        help="The vault and user that `vaultio login NAME` has kept (or VAULTIO_PROFILE; else the "
        "profile called default).",
        autocompletion=profile_names,
        rich_help_panel=PANEL,
    ),
]
Url = Annotated[
    str | None,
    typer.Option(
        "--url",
        metavar="URL",
        help="The vault's address, such as https://myvault.veevavault.com (or VAULTIO_URL).",
        rich_help_panel=PANEL,
    ),
]
User = Annotated[
    str | None,
    typer.Option(
        "--user",
        metavar="NAME",
        help="The user to log in as (or VAULTIO_USER). The password comes from the profile, from "
        "VAULTIO_PASSWORD, from --password-stdin, or is asked for. A session or token that is "
        "there already may be given in VAULTIO_SESSION_ID or VAULTIO_ACCESS_TOKEN instead, or an "
        "identity provider's in VAULTIO_OAUTH_TOKEN with VAULTIO_OAUTH_PROFILE.",
        rich_help_panel=PANEL,
    ),
]
ApiVersionOption = Annotated[
    str | None,
    typer.Option(
        "--api-version",
        metavar="VERSION",
        help="The version of Vault's API to speak, such as v24.3 (or VAULTIO_API_VERSION; else "
        f"{DEFAULT_VERSION}).",
        rich_help_panel=PANEL,
    ),
]
PasswordStdin = Annotated[
    bool,
    typer.Option(
        "--password-stdin",
        help="Read the password from the first line of standard input; for a profile with single "
        "sign-on the token.",
        rich_help_panel=PANEL,
    ),
]
Quiet = Annotated[
    bool, typer.Option("--quiet", "-q", help="Show no progress; errors are still said.")
]
Debug = Annotated[
    bool,
    typer.Option("--debug", "--traceback", help="With an error, show where in the code it arose."),
]
Store = Annotated[
    str | None,
    typer.Option(
        "--store",
        metavar="URL",
        help="Where jobs share the vault's API quotas (or VAULTIO_QUOTA_STORE): "
        "sqlite:///quota.db for those of one machine, redis://host:6379/0 for several. Without it "
        "a job knows of itself alone.",
        rich_help_panel=PANEL,
    ),
]


@frozen(kw_only=True)
class Connection:
    """All that opening a `Vault` takes, checked for being there.

    *secret* is the reference that the credentials were found by, if there was one; *store* may be
    a reference, too.
    """

    url: str
    credentials: Credentials
    api_version: str
    store: str | None = None
    secret: str | None = None

    @classmethod
    def of(cls, known: Settings) -> Connection:
        """Look the secret up, or ask for it; raise `UsageError` if there is none."""
        return cls(
            url=known.url,
            credentials=known.credentials(),
            api_version=known.api_version,
            store=known.store,
            secret=known.secret,
        )

    @asynccontextmanager
    async def open(self, concurrency: int = 1) -> AsyncIterator[Vault]:
        """Open the client, with room for so many calls at once."""
        slots = max(Config().concurrency, concurrency + _INTERACTIVE_SLOTS)
        config = Config(concurrency=slots, interactive_slots=_INTERACTIVE_SLOTS)
        limiter = Limiter(store=await run_sync(found_store, self.store))
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

    profile: ProfileName = None
    url: Url = None
    user: User = None
    api_version: ApiVersionOption = None
    password_stdin: PasswordStdin = False
    store: Store = None

    def given(self) -> Given:
        """Return what was typed."""
        return Given(
            profile=self.profile,
            url=self.url,
            user=self.user,
            api_version=self.api_version,
            password_stdin=self.password_stdin,
            store=self.store,
        )

    def connection(self) -> Connection:
        """Gather the settings, or raise `UsageError` naming the one that is missing."""
        return Connection.of(settings(self.given()))


def found_store(store: str | None) -> str | None:
    """Return the address of a store, which may have been said by a reference."""
    if store is None or not is_reference(store):
        return store
    return str(looked_up(store))
