"""``--cluster``: the workers of a dask cluster do what a command would do by itself."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Annotated

import typer

from vaultio import AccessToken, Password, SessionId
from vaultio.cli.connection import Connection
from vaultio.cli.running import UsageError
from vaultio.cli.settings import ACCESS_TOKEN, PASSWORD, SESSION_ID

if TYPE_CHECKING:
    from vaultio.integrations.dask import DaskCrew

_PREFIX = "VAULTIO_"
_STORE = f"{_PREFIX}QUOTA_STORE"

Cluster = Annotated[
    str | None,
    typer.Option(
        metavar="ADDRESS",
        help="Let the workers of a dask cluster fetch; its scheduler is there, such as "
        "tcp://host:8786. The secret must be in the environment of the workers too, the folder on "
        "a disk that they share, and --store on a Redis server.",
        rich_help_panel="More than one machine",
    ),
]


def crew_of(address: str | None, known: Connection, at_once: int) -> DaskCrew | None:
    """Call the workers of a cluster, who find secrets under the names that this command uses.

    None without an address. Raises `UsageError` if the extra is not installed.
    """
    if address is None:
        return None
    try:
        from vaultio.integrations.dask import DaskCrew, Recipe
    except ImportError as error:
        raise UsageError(str(error)) from error
    credentials = known.credentials
    store = f"env:{_STORE}" if known.store == os.environ.get(_STORE) else known.store
    recipe = Recipe(
        url=known.url,
        api_version=known.api_version,
        user=credentials.username if isinstance(credentials, Password) else None,
        password=_reference(known, PASSWORD) if isinstance(credentials, Password) else None,
        session_id=_reference(known, SESSION_ID) if isinstance(credentials, SessionId) else None,
        access_token=(
            _reference(known, ACCESS_TOKEN) if isinstance(credentials, AccessToken) else None
        ),
        store=store if known.store else None,
    )
    return DaskCrew(address, recipe, at_once=at_once)


def _reference(known: Connection, name: str) -> str:
    return known.secret or f"env:{_PREFIX}{name}"
