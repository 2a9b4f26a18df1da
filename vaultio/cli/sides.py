"""Two vaults: where things come from, and where they go."""

from __future__ import annotations

from typing import Annotated

import typer
from attrs import frozen

from vaultio.cli.completing import profile_names
from vaultio.cli.connection import ApiVersionOption, Connection, Store
from vaultio.cli.settings import Given, settings

_SOURCE, _TARGET = "Source vault", "Target vault"
_SECRETS = (
    "The password comes from VAULTIO_{0}_PASSWORD, from --passwords-stdin, or is asked for; "
    "VAULTIO_{0}_SESSION_ID, VAULTIO_{0}_ACCESS_TOKEN, or VAULTIO_{0}_OAUTH_TOKEN with "
    "VAULTIO_{0}_OAUTH_PROFILE may be given instead."
)


def _profile(side: str, panel: str) -> typer.models.OptionInfo:
    option: typer.models.OptionInfo = typer.Option(
        f"--{side}-profile",
        metavar="NAME",
        help=f"What `vaultio login NAME` has kept of it (or VAULTIO_{side.upper()}_PROFILE).",
        autocompletion=profile_names,
        rich_help_panel=panel,
    )
    return option


def _url(side: str, panel: str) -> typer.models.OptionInfo:
    option: typer.models.OptionInfo = typer.Option(
        f"--{side}-url",
        metavar="URL",
        help=f"Its address (or VAULTIO_{side.upper()}_URL). VAULTIO_URL is not looked at: which is "
        "which has to be said.",
        rich_help_panel=panel,
    )
    return option


def _user(side: str, panel: str) -> typer.models.OptionInfo:
    option: typer.models.OptionInfo = typer.Option(
        f"--{side}-user",
        metavar="NAME",
        help=f"The user to log in as (or VAULTIO_{side.upper()}_USER). "
        f"{_SECRETS.format(side.upper())}",
        rich_help_panel=panel,
    )
    return option


SourceProfile = Annotated[str | None, _profile("source", _SOURCE)]
TargetProfile = Annotated[str | None, _profile("target", _TARGET)]
SourceUrl = Annotated[str | None, _url("source", _SOURCE)]
SourceUser = Annotated[str | None, _user("source", _SOURCE)]
TargetUrl = Annotated[str | None, _url("target", _TARGET)]
TargetUser = Annotated[str | None, _user("target", _TARGET)]
PasswordsStdin = Annotated[
    bool,
    typer.Option(
        "--passwords-stdin",
        help="Read the passwords from standard input: the source's from its first line, the "
        "target's from its second.",
        rich_help_panel="Connection",
    ),
]


@frozen(kw_only=True)
class Sides:
    """The options of two vaults."""

    source_profile: SourceProfile = None
    source_url: SourceUrl = None
    source_user: SourceUser = None
    target_profile: TargetProfile = None
    target_url: TargetUrl = None
    target_user: TargetUser = None
    api_version: ApiVersionOption = None
    passwords_stdin: PasswordsStdin = False
    store: Store = None

    def connections(self) -> tuple[Connection, Connection]:
        """Gather the settings, or raise `UsageError` naming the one that is missing."""
        source = self._connection(self.source_profile, self.source_url, self.source_user, "source")
        target = self._connection(self.target_profile, self.target_url, self.target_user, "target")
        return source, target

    def _connection(
        self, profile: str | None, url: str | None, user: str | None, side: str
    ) -> Connection:
        given = Given(
            profile=profile,
            url=url,
            user=user,
            api_version=self.api_version,
            password_stdin=self.passwords_stdin,
            store=self.store,
            side=side,
        )
        return Connection.of(settings(given))
