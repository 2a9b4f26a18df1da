"""``--cluster``: the workers of a dask cluster do what a command would do by itself."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Annotated, Any

import typer

from vaultio import AccessToken, OAuth, Password, SessionId
from vaultio.cli.connection import Connection
from vaultio.cli.running import UsageError
from vaultio.cli.settings import ACCESS_TOKEN, OAUTH_TOKEN, PASSWORD, SESSION_ID
from vaultio.references import has_password

if TYPE_CHECKING:
    from vaultio.integrations.dask import DaskCrew, Recipe

_PREFIX = "VAULTIO_"
_STORE = f"{_PREFIX}QUOTA_STORE"

Cluster = Annotated[
    str | None,
    typer.Option(
        metavar="ADDRESS",
        help="Let the workers of a dask cluster move the files; its scheduler is there, such as "
        "tcp://host:8786. The secrets must be in the environment of the workers too, the folder "
        "on a disk that they share, and --store on a Redis server.",
        rich_help_panel="More than one machine",
    ),
]


def crew_of(
    address: str | None, known: Connection, at_once: int, *, target: Connection | None = None
) -> DaskCrew | None:
    """Call the workers of a cluster, who find secrets under the names that this command uses.

    *target* is where a copy goes, from *known*. None without an address. Raises `UsageError` if
    the extra is not installed.
    """
    if address is None:
        return None
    try:
        from vaultio.integrations.dask import DaskCrew
    except ImportError as error:
        raise UsageError(str(error)) from error
    if target is None:
        return DaskCrew(address, _recipe(known, _PREFIX), at_once=at_once)
    source = _recipe(known, f"{_PREFIX}SOURCE_")
    return DaskCrew(address, source, target=_recipe(target, f"{_PREFIX}TARGET_"), at_once=at_once)


def _recipe(known: Connection, prefix: str) -> Recipe:
    """Say how workers open what this command has opened; variables begin with *prefix*."""
    from vaultio.integrations.dask import Recipe

    credentials = known.credentials
    store = known.store
    if store and store == os.environ.get(_STORE) and has_password(store):
        store = f"env:{_STORE}"
    by_oauth: dict[str, Any] = {}
    if isinstance(credentials, OAuth):
        by_oauth = {
            "oauth_profile": credentials.profile_id,
            "oauth_token": _of(known, prefix, OAUTH_TOKEN),
            "oauth_client_id": credentials.client_id,
            "oauth_host": credentials.host,
        }
    return Recipe(
        url=known.url,
        api_version=known.api_version,
        user=credentials.username if isinstance(credentials, Password) else None,
        password=_of(known, prefix, PASSWORD) if isinstance(credentials, Password) else None,
        session_id=_of(known, prefix, SESSION_ID) if isinstance(credentials, SessionId) else None,
        access_token=(
            _of(known, prefix, ACCESS_TOKEN) if isinstance(credentials, AccessToken) else None
        ),
        store=store or None,
        **by_oauth,
    )


def _of(known: Connection, prefix: str, name: str) -> str:
    """Say where workers find a secret: where the profile says, else in their environment."""
    return known.secret or f"env:{prefix}{name}"
