"""Profiles: the vaults that somebody works with, by names of their own, in one TOML file.

::

    [prod]
    url = "https://myvault.veevavault.com"
    user = "ana@example.com"
    password = "keyring:vaultio/prod"      # or env:NAME, or file:/path; never the password itself
    api_version = "v24.3"
    store = "sqlite:////var/lib/vaultio/quota.db"

Instead of ``user`` and ``password`` there may be ``session_id`` or ``access_token``, references
like ``password``; or, where an identity provider says who one is, ``oauth_profile`` (the id of the
profile in Vault) with ``oauth_token``, a reference too, and maybe ``oauth_client_id`` and
``oauth_host``. `vaultio.references` says how they are looked up. All here blocks.
"""

from __future__ import annotations

import os
import re
import stat
import tempfile
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from attrs import Attribute, field, fields, frozen

from vaultio.credentials import (
    AccessToken,
    Credentials,
    OAuth,
    Password,
    Secret,
    SessionId,
    TokenSource,
)
from vaultio.errors import InvalidArgumentError, TargetError
from vaultio.references import has_password, is_reference, looked_up
from vaultio.tokens import login_host, token_at, token_source

DEFAULT = "default"
"""The profile that is used where none is named."""

SECRETS = ("password", "session_id", "access_token", "oauth_token")
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")


def _name(_: Any, __: Attribute[Any], value: str) -> None:
    if not _NAME.fullmatch(value):
        raise InvalidArgumentError(
            f"a profile's name has letters, digits, '.', '_' or '-', 64 at most, not {value!r}"
        )


def _text(_: Any, attribute: Attribute[Any], value: object) -> None:
    if not (value is None or (isinstance(value, str) and value)):
        raise InvalidArgumentError(f"{attribute.name} is a text in quotes")


def _reference(_: Any, attribute: Attribute[Any], value: object) -> None:
    """Refuse what is no reference, without showing it: it may be the secret itself."""
    if value is None:
        return
    if not is_reference(value) or str(value).startswith("call:"):
        raise InvalidArgumentError(
            f"{attribute.name} says where the secret is, never what it is: keyring:service/name, "
            f"env:NAME or file:/path"
        )


def _store(_: Any, __: Attribute[Any], value: object) -> None:
    if isinstance(value, str) and not is_reference(value) and has_password(value):
        raise InvalidArgumentError(
            "store has a password in it: put the address into an environment variable, and say "
            'store = "env:NAME"'
        )


@frozen(kw_only=True)
class Profile:
    """One vault and who one is there; the secret is a reference, and read when it is needed."""

    name: str = field(validator=_name)
    url: str = field(validator=_text)
    user: str | None = field(default=None, validator=_text)
    password: str | None = field(default=None, validator=_reference)
    session_id: str | None = field(default=None, validator=_reference)
    access_token: str | None = field(default=None, validator=_reference)
    oauth_profile: str | None = field(default=None, validator=_text)
    oauth_token: str | None = field(default=None, validator=_reference)
    oauth_client_id: str | None = field(default=None, validator=_text)
    oauth_host: str | None = field(default=None, validator=_text)
    api_version: str | None = field(default=None, validator=_text)
    store: str | None = field(default=None, validator=[_text, _store])

    def __attrs_post_init__(self) -> None:
        if not self.url:
            raise InvalidArgumentError("url is missing")
        if sum(getattr(self, name) is not None for name in SECRETS) > 1:
            raise InvalidArgumentError(f"give one of {', '.join(SECRETS)}")
        parts = (self.oauth_token, self.oauth_client_id, self.oauth_host)
        if self.oauth_profile is None and any(parts):
            raise InvalidArgumentError("oauth_profile, the id of the profile in Vault, is missing")
        if self.oauth_profile is not None and self.reference != self.oauth_token:
            raise InvalidArgumentError("the secret for an oauth_profile is its oauth_token")

    @property
    def kind(self) -> str:
        """What is logged in with: ``oauth``, ``session_id``, ``access_token`` or ``password``."""
        if self.oauth_profile is not None:
            return "oauth"
        return next((name for name in SECRETS if getattr(self, name)), "password")

    @property
    def reference(self) -> str | None:
        """Where the secret is; None if the profile does not say."""
        return next((one for name in SECRETS if (one := getattr(self, name))), None)

    def credentials(self) -> Credentials | None:
        """Look the secret up; None if the profile does not say where it is."""
        if self.session_id is not None:
            return SessionId(looked_up(self.session_id))
        if self.access_token is not None:
            return AccessToken(looked_up(self.access_token))
        if self.oauth_token is not None:
            token_at(self.oauth_token)  # what is missing is missed now, not at the first login
            return self.oauth(token_source(self.oauth_token))
        if self.password is None:
            return None
        if self.user is None:
            raise InvalidArgumentError(f"the profile {self.name} has a password, but no user")
        return Password(self.user, looked_up(self.password))

    def oauth(self, token: Secret | TokenSource) -> OAuth:
        """Make the credentials of this profile's OAuth with a token that is at hand."""
        host = login_host(self.url, self.oauth_host)
        return OAuth(self.oauth_profile or "", token, self.oauth_client_id, host)


def profiles_path() -> Path:
    """Say where the file is: ``VAULTIO_PROFILES``, else in the user's folder for settings."""
    if given := os.environ.get("VAULTIO_PROFILES"):
        return Path(given)
    try:
        from platformdirs import user_config_path
    except ImportError as error:
        raise InvalidArgumentError(
            'profiles need platformdirs, or VAULTIO_PROFILES: pip install "vaultio[cli]"'
        ) from error
    return user_config_path("vaultio", appauthor=False) / "profiles.toml"


def read_profiles(path: Path | None = None) -> dict[str, Profile]:
    """Read all profiles, by name; none where there is no file.

    What cannot be meant is an `InvalidArgumentError` that names the file and the profile, and so
    is a file into which others may write: they could send the secrets elsewhere.
    """
    path = path or profiles_path()
    try:
        with path.open("rb") as file:
            _refuse_open(path, os.fstat(file.fileno()))
            tables = tomllib.load(file)
    except FileNotFoundError:
        return {}
    except (OSError, UnicodeError, tomllib.TOMLDecodeError) as error:
        said = getattr(error, "strerror", None) or error
        raise InvalidArgumentError(f"the profiles in {path} cannot be read: {said}") from None
    return {name: _read(name, table, path) for name, table in tables.items()}


def load_profile(name: str, path: Path | None = None) -> Profile:
    """Read one profile, or raise `InvalidArgumentError` with the names of those that there are."""
    path = path or profiles_path()
    found = read_profiles(path)
    if name not in found:
        there = ", ".join(sorted(found)) or "none yet"
        raise InvalidArgumentError(
            f"there is no profile {name!r} in {path} ({there}): `vaultio login {name}` makes it"
        )
    return found[name]


def save_profile(profile: Profile, path: Path | None = None) -> Path:
    """Write a profile in place of one of its name; all else in the file stays as it is."""
    values = {
        one.name: value
        for one in fields(Profile)
        if one.name != "name" and (value := getattr(profile, one.name)) is not None
    }
    return _changed(profile.name, values, path)


def remove_profile(name: str, path: Path | None = None) -> Path:
    """Take a profile out of the file; the secret stays where it is."""
    load_profile(name, path)
    return _changed(name, None, path)


def _read(name: str, table: object, path: Path) -> Profile:
    try:
        return Profile(name=name, **{"url": "", **_known(table)})
    except InvalidArgumentError as error:
        raise InvalidArgumentError(f"profile {name!r} in {path}: {error}") from None


def _known(table: object) -> Mapping[str, Any]:
    """Refuse what is no table, or has what no profile has."""
    if not isinstance(table, Mapping):
        raise InvalidArgumentError("settings stand under the name of a profile, as [prod]")
    known = {one.name for one in fields(Profile)} - {"name"}
    if unknown := sorted(set(table) - known):
        raise InvalidArgumentError(f"there is no setting {unknown[0]!r}")
    return table


def _refuse_open(path: Path, status: os.stat_result) -> None:
    if os.name == "posix" and status.st_mode & stat.S_IWOTH:
        raise InvalidArgumentError(
            f"anybody may write into {path}, and so send your secrets elsewhere: chmod o-w it"
        )


def _changed(name: str, values: Mapping[str, str] | None, path: Path | None) -> Path:
    """Write the file anew, whole or not at all; comments and order are kept."""
    try:
        import tomlkit
    except ImportError as error:
        raise InvalidArgumentError(
            'writing profiles needs tomlkit: pip install "vaultio[cli]"'
        ) from error
    path = path or profiles_path()
    read_profiles(path)  # what is broken is mended by hand, not written over
    try:
        text = path.read_text("utf-8") if path.exists() else ""
        document = tomlkit.parse(text)
        if values is None:
            del document[name]
        else:
            table = tomlkit.table()
            table.update(values)
            document[name] = table
        _write(path, tomlkit.dumps(document))
    except OSError as error:
        raise TargetError(f"could not write {path}: {error.strerror}", error.errno) from error
    return path


def _write(path: Path, text: str) -> None:
    path = path.resolve()  # a link to where the settings are kept stays one
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    number, part = tempfile.mkstemp(dir=path.parent, prefix=".vaultio-", suffix=".part")
    try:
        with os.fdopen(number, "w", encoding="utf-8") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        Path(part).replace(path)
    except BaseException:
        Path(part).unlink(missing_ok=True)
        raise
