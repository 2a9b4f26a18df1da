"""``vaultio login``."""

from __future__ import annotations

import sys
from collections.abc import Coroutine
from pathlib import Path
from typing import Annotated, Any

import typer
from attrs import evolve, frozen

from vaultio import AccessToken, Credentials, Password
from vaultio import Secret as Hidden
from vaultio.cli.asking import TOKEN, asked_secret, needed
from vaultio.cli.completing import profile_names
from vaultio.cli.connection import Connection, Debug
from vaultio.cli.console import for_people, say
from vaultio.cli.exits import DONE
from vaultio.cli.options import grouped
from vaultio.cli.profiles.ways import Kind, Way, way_of
from vaultio.cli.running import UsageError, execute
from vaultio.cli.settings import DEFAULT_VERSION, same
from vaultio.profiles import DEFAULT, Profile, read_profiles, save_profile
from vaultio.references import is_reference, keep, looked_up

SERVICE = "vaultio"
"""Under which the keyring keeps the secrets of profiles."""

Name = Annotated[
    str,
    typer.Argument(
        metavar="[PROFILE]",
        help="A name for the vault and user; the one called default is used where none is named.",
        autocompletion=profile_names,
    ),
]
Url = Annotated[
    str | None, typer.Option(metavar="URL", help="The vault's address; asked for if not given.")
]
User = Annotated[str | None, typer.Option(metavar="NAME", help="The user; asked for if not given.")]
Secret = Annotated[
    str | None,
    typer.Option(
        "--secret",
        metavar="REFERENCE",
        help="Where the secret is, never what it is: env:NAME, file:/path (which nobody else may "
        "read) or keyring:service/name. Without it the secret is asked for, and goes into the "
        "system's keyring.",
    ),
]
SecretStdin = Annotated[
    bool, typer.Option("--password-stdin", help="Read the secret from standard input.")
]
ApiVersion = Annotated[
    str | None,
    typer.Option("--api-version", metavar="VERSION", help="The version of the API, such as v24.3."),
]
Store = Annotated[
    str | None,
    typer.Option(
        "--store", metavar="URL", help="Where jobs share the vault's quotas, as in other commands."
    ),
]


@frozen(kw_only=True)
class NewProfile:
    """The options of a login."""

    url: Url = None
    user: User = None
    secret: Secret = None
    password_stdin: SecretStdin = False
    api_version: ApiVersion = None
    store: Store = None


@grouped
def login_command(new: NewProfile, way: Way, name: Name = DEFAULT, debug: Debug = False) -> None:
    """Keep a vault and its user under a name, and try the login at once.

    The secret goes into the system's keyring (`pip install "vaultio[keyring]"`), or stays where
    --secret says; never into the file of profiles. Where there is no keyring it is asked for each
    time. Nothing is kept of a login that fails. Once more under the same name changes the secret.

    Example: `vaultio login prod --url https://myvault.veevavault.com --user ana@example.com
    --secret env:VAULTIO_PASSWORD`

    With single sign-on the secret is a token of your identity provider. It is read anew for each
    login, so let whatever renews it write it to the same place.

    Example: `vaultio login sso --url https://myvault.veevavault.com --oauth-profile _oidc_main
    --secret env:IDP_TOKEN`
    """

    def prepare() -> Coroutine[Any, Any, int]:
        draft, kind = drafted(name, new, way)
        if new.secret is not None:
            reference = _absolute(new.secret)
            profile = _with_secret(draft, kind, reference)
            return _login(profile, looked_up(reference), None, kind)
        return _login(draft, _typed(draft, new, kind), f"{SERVICE}/{name}", kind)

    execute(prepare, debug=debug)


def drafted(name: str, new: NewProfile, way: Way) -> tuple[Profile, Kind]:
    """Make the profile as far as it is known without the secret; ask for what is missing."""
    before = read_profiles().get(name)
    url = new.url or (before.url if before else None) or needed("The vault's address", "--url")
    if "://" not in url:
        url = f"https://{url}"
    known = before if before and same(before.url, url) else None
    user = new.user or (known.user if known else None)
    if user is None and way.discover:
        user = needed("User", "--user")
    kind, oauth = way_of(way, known, url, user)
    if user is None and kind == "password":
        user = needed("User", "--user")
    profile = Profile(
        name=name,
        url=url,
        user=user if kind == "password" else None,
        **oauth,
        api_version=new.api_version or (known.api_version if known else None),
        store=new.store or (known.store if known else None),
    )
    return profile, kind


def _with_secret(profile: Profile, kind: Kind, reference: str | None) -> Profile:
    if kind == "password":
        return evolve(profile, password=reference)
    if kind == "oauth":
        return evolve(profile, oauth_token=reference)
    return evolve(profile, access_token=reference)


def _absolute(reference: str) -> str:
    """Write a file's name so that it is found from any folder; refuse what is no reference."""
    if not is_reference(reference) or reference.startswith("call:"):
        raise UsageError(
            "--secret says where the secret is, never what it is",
            "give env:NAME, file:/path or keyring:service/name; if that was the secret itself, "
            "change it: others may have seen it",
        )
    if reference.startswith("file:"):
        return f"file:{Path(reference.removeprefix('file:')).expanduser().absolute()}"
    return reference


def _typed(draft: Profile, new: NewProfile, kind: Kind) -> str:
    """Read the secret from standard input or ask for it; it is not shown."""
    questions = {"password": f"Password of {draft.user}", "oauth": TOKEN}
    if new.password_stdin:
        secret = sys.stdin.readline().rstrip("\r\n")
    elif sys.stdin.isatty():
        secret = asked_secret(questions.get(kind, "Access token"))
    else:
        raise UsageError("there is no terminal to ask for the secret at", _OTHER_WAYS)
    if not secret:
        raise UsageError("the secret is empty", _OTHER_WAYS)
    return secret


_OTHER_WAYS = "give it by --password-stdin, or say where it is by --secret"


async def _login(profile: Profile, secret: str, entry: str | None, kind: Kind) -> int:
    """Try it, and keep it if it works."""
    credentials: Credentials
    if kind == "password":
        credentials = Password(profile.user or "", secret)
    elif kind == "oauth":
        credentials = profile.oauth(Hidden(secret))
    else:
        credentials = AccessToken(secret)
    known = Connection(
        url=profile.url,
        credentials=credentials,
        api_version=profile.api_version or DEFAULT_VERSION,
    )
    async with known.open() as vault:
        await vault.api_metadata.retrieve_versions()
    await _keep(profile, secret, entry, kind)
    return DONE


async def _keep(profile: Profile, secret: str, entry: str | None, kind: Kind) -> None:
    from anyio.to_thread import run_sync

    people = for_people()
    if entry is not None:
        service, _, name = entry.partition("/")
        reference = await run_sync(keep, service, name, secret)
        profile = _with_secret(profile, kind, reference)
    path = await run_sync(save_profile, profile)
    say(f"the login works; the profile {profile.name} is in {path}", to=people)
    if profile.reference is None:
        say(
            "there is no keyring here, so the secret is asked for each time: "
            'pip install "vaultio[keyring]", or say where it is by --secret',
            to=people,
        )
    else:
        say(f"its secret is in {profile.reference}", to=people)
    if kind == "oauth" and entry is not None:
        say(
            f"when that token has expired, `vaultio login {profile.name}` takes another; one that "
            "a program keeps fresh is better named by --secret file:/path",
            to=people,
        )
