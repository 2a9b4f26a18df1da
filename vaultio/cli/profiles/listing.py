"""``vaultio profiles``."""

from __future__ import annotations

from vaultio.cli.connection import Debug
from vaultio.cli.console import for_people, say
from vaultio.cli.exits import DONE
from vaultio.cli.options import grouped
from vaultio.cli.rows import Listing, whole, write_rows
from vaultio.cli.running import execute
from vaultio.profiles import Profile, profiles_path, read_profiles


@grouped
def profiles_command(listing: Listing, debug: Debug = False) -> None:
    """List the profiles that `vaultio login` has kept.

    A secret is never shown: *secret* says where it is.

    Example: `vaultio profiles --output json`
    """
    execute(lambda: _list(list(read_profiles().values()), listing), debug=debug)


async def _list(found: list[Profile], listing: Listing) -> int:
    rows = [
        {
            "profile": one.name,
            "url": one.url,
            "kind": one.kind,
            "user": one.user,
            "secret": one.reference,
            "api_version": one.api_version,
            "store": one.store,
        }
        for one in found
    ]
    if not await write_rows(whole(rows), listing):
        say(f"there are none yet in {profiles_path()}: see `vaultio login`", to=for_people())
    return DONE
