"""Which way a new profile logs in: what is said, what was before, what Vault says of the user."""

from __future__ import annotations

import asyncio
from typing import Annotated, Literal

import typer
from attrs import frozen

from vaultio import discover
from vaultio.cli.asking import needed
from vaultio.cli.console import for_people, say
from vaultio.cli.running import UsageError
from vaultio.models import Discovery
from vaultio.profiles import Profile
from vaultio.tokens import login_host

Kind = Literal["password", "access_token", "oauth"]

PANEL = "Single sign-on (OAuth 2.0, OpenID Connect)"
_PROFILE = "The id of the OAuth profile in Vault"

KindOption = Annotated[
    Kind | None,
    typer.Option(
        "--kind",
        help="What the secret is: a user's password, an access token of Vault's own, or a token "
        "of your identity provider (oauth). Else as before under that name, or a password.",
    ),
]
OAuthProfile = Annotated[
    str | None,
    typer.Option(
        "--oauth-profile",
        metavar="ID",
        help="The id of the OAuth 2.0 / OpenID Connect profile in Vault: Admin, Settings, OAuth "
        "2.0 / OpenID Connect Profiles. It stands for --kind oauth.",
        rich_help_panel=PANEL,
    ),
]
OAuthClientId = Annotated[
    str | None,
    typer.Option(
        "--oauth-client-id",
        metavar="ID",
        help="The application's id at the authorization server, where Vault maps it.",
        rich_help_panel=PANEL,
    ),
]
OAuthHost = Annotated[
    str | None,
    typer.Option(
        "--oauth-host",
        metavar="HOST",
        help="Where tokens are taken, and the one host that gets them: login.veevavault.com, or "
        "for a sandbox on this machine the sandbox.",
        rich_help_panel=PANEL,
    ),
]
Discover = Annotated[
    bool,
    typer.Option(
        "--discover",
        help="Ask that host how the user logs in, and do so. It learns the user's name; without "
        "this nothing asks.",
        rich_help_panel=PANEL,
    ),
]


@frozen(kw_only=True)
class Way:
    """The options that say how to log in."""

    kind: KindOption = None
    oauth_profile: OAuthProfile = None
    oauth_client_id: OAuthClientId = None
    oauth_host: OAuthHost = None
    discover: Discover = False


def way_of(
    way: Way, known: Profile | None, url: str, user: str | None
) -> tuple[Kind, dict[str, str | None]]:
    """Find out how to log in, and with which settings of a profile's, by their names.

    *known* is the profile as it was, *user* whom to ask Vault about if that is wanted. What is
    missing is asked for; `UsageError` says what does not go together.
    """
    if way.discover:
        way = _found(way, url, user or "")
    kind = way.kind or ("oauth" if way.oauth_profile else _before(known))
    given = [way.oauth_profile, way.oauth_client_id, way.oauth_host]
    if kind != "oauth":
        if any(given) and not way.discover:
            raise UsageError(
                f"--oauth-profile and its like are not for --kind {kind}", "say --kind oauth"
            )
        return kind, {}
    names = ("oauth_profile", "oauth_client_id", "oauth_host")
    former = [getattr(known, name, None) for name in names]
    values = [one or before for one, before in zip(given, former, strict=True)]
    values[0] = values[0] or needed(_PROFILE, "--oauth-profile")
    return kind, dict(zip(names, values, strict=True))


def _before(known: Profile | None) -> Kind:
    kinds: dict[str, Kind] = {"oauth": "oauth", "access_token": "access_token"}
    return kinds.get(known.kind, "password") if known else "password"


def _found(way: Way, url: str, user: str) -> Way:
    """Ask Vault how a user logs in, and put that in the place of what was not said."""
    if way.kind is not None:
        raise UsageError("--discover finds out what --kind says", "give one of them")
    host = login_host(url, way.oauth_host)
    found = asyncio.run(discover(user, client_id=way.oauth_client_id, host=host))
    if found.is_saml:
        raise UsageError(
            f"{user} logs in by SAML, by which no program can",
            "ask the vault's administrator for an OAuth profile or an access token",
        )
    if not found.profiles:
        return Way(kind="password", discover=True)
    profile = way.oauth_profile or _one_of(found, user)
    say(f"{user} logs in by the OAuth profile {profile}", to=for_people())
    return Way(
        kind="oauth",
        oauth_profile=profile,
        oauth_client_id=way.oauth_client_id,
        oauth_host=way.oauth_host,
        discover=True,
    )


def _one_of(found: Discovery, user: str) -> str:
    """Take the only profile there is; of several the user says which."""
    if len(found.profiles) == 1:
        return found.profiles[0].id
    named = ", ".join(f"{one.id} ({one.label})" if one.label else one.id for one in found.profiles)
    raise UsageError(f"{user} may log in by one of {named}", "choose it by --oauth-profile")
