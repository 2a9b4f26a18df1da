"""``vaultio logout``."""

from __future__ import annotations

from typing import Annotated

import typer

from vaultio.cli.completing import profile_names
from vaultio.cli.connection import Debug
from vaultio.cli.console import for_people, say
from vaultio.cli.exits import DONE
from vaultio.cli.options import grouped
from vaultio.cli.profiles.login import SERVICE
from vaultio.cli.running import execute
from vaultio.profiles import DEFAULT, Profile, load_profile, remove_profile
from vaultio.references import forget

Name = Annotated[
    str,
    typer.Argument(metavar="[PROFILE]", help="The profile's name.", autocompletion=profile_names),
]


@grouped
def logout_command(name: Name = DEFAULT, debug: Debug = False) -> None:
    """Forget a profile, and its secret if the keyring has it.

    Example: `vaultio logout prod`
    """
    execute(lambda: _logout(_forgotten(name)), debug=debug)


def _forgotten(name: str) -> Profile:
    """Take it out of the file and the keyring."""
    profile = load_profile(name)
    if (profile.reference or "").startswith(f"keyring:{SERVICE}/"):
        forget(profile.reference or "")
    remove_profile(name)
    return profile


async def _logout(profile: Profile) -> int:
    say(f"the profile {profile.name} ({profile.url}) is gone", to=for_people())
    return DONE
