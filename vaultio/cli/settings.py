"""Where settings come from, in this order.

1. The options of the command.
2. The profile that is named, by ``--profile`` or else by ``VAULTIO_PROFILE``.
3. The variables of single settings, such as ``VAULTIO_URL``.
4. The profile called ``default``, where nobody has said an address.
5. What is built in; for a password or a token the question at the terminal.

So a profile that somebody names is not mixed with what is in the environment for another vault.
A secret goes where it belongs: that of a profile to its vault and user alone, that of the
environment never to a profile's vault if the environment has an address or user of its own.
"""

from __future__ import annotations

import os
import sys

from attrs import frozen

from vaultio import AccessToken, Credentials, OAuth, Password, Secret, SessionId
from vaultio.cli.asking import TOKEN, asked_secret
from vaultio.cli.running import UsageError
from vaultio.profiles import DEFAULT, Profile, load_profile, profiles_path, read_profiles
from vaultio.tokens import login_host, token_at, token_source

DEFAULT_VERSION = "v11.0"
PASSWORD, SESSION_ID, ACCESS_TOKEN = "PASSWORD", "SESSION_ID", "ACCESS_TOKEN"
OAUTH_PROFILE, OAUTH_TOKEN = "OAUTH_PROFILE", "OAUTH_TOKEN"


@frozen(kw_only=True)
class Given:
    """What the command line says of one vault; *side* is ``source`` or ``target`` of two."""

    profile: str | None = None
    url: str | None = None
    user: str | None = None
    api_version: str | None = None
    password_stdin: bool = False
    store: str | None = None
    side: str = ""

    @property
    def option(self) -> str:
        """How its options begin."""
        return f"--{self.side}-" if self.side else "--"

    @property
    def prefix(self) -> str:
        """How its variables begin."""
        return f"VAULTIO_{self.side.upper()}_" if self.side else "VAULTIO_"

    def variable(self, name: str) -> str | None:
        """Return what a variable of this side says; an empty one says nothing."""
        return os.environ.get(f"{self.prefix}{name}") or None


@frozen(kw_only=True)
class Settings:
    """What is known of one vault. The secret is looked up, or asked for, by `credentials`."""

    url: str
    user: str | None
    api_version: str
    store: str | None
    secret: str | None
    """The reference to the secret, where there is one."""

    given: Given
    profile: Profile | None
    """The profile that the vault and user are of."""

    def credentials(self) -> Credentials:
        """Find them, or raise `UsageError` naming what is missing."""
        given, profile = self.given, self.profile
        if profile is not None and self.oauth_profile is not None:
            return self._by_oauth(profile)
        if given.password_stdin:
            return Password(self._known_user(), _of_stdin(self))
        if self.secret is not None and profile is not None:
            found = profile.credentials()
            assert found is not None
            return found
        if profile is None and (session := _session_of(given, self.url)):
            return session
        user = self._known_user()
        if self._may_use_environment and (password := given.variable(PASSWORD)):
            return Password(user, password)
        return Password(user, _asked(f"Password of {user}", self))

    @property
    def oauth_profile(self) -> str | None:
        """The profile in Vault that a profile signs in by; not of another user than its own."""
        profile = self.profile
        return profile.oauth_profile if profile and profile.user == self.user else None

    def _by_oauth(self, profile: Profile) -> Credentials:
        """Find the token as a password would be found."""
        if self.given.password_stdin:
            return profile.oauth(Secret(_of_stdin(self)))
        found = profile.credentials()
        if found is not None:
            return found
        return profile.oauth(Secret(_asked(f"{TOKEN} for {profile.name}", self)))

    @property
    def _may_use_environment(self) -> bool:
        """Whether the password there is for this vault and user, and no others."""
        if self.profile is None:
            return True
        url, user = self.given.variable("URL"), self.given.variable("USER")
        return (url is None or same(url, self.url)) and user in (None, self.user)

    def _known_user(self) -> str:
        if self.user:
            return self.user
        given, prefix = self.given, self.given.prefix
        of = f" of the {given.side} vault" if given.side else ""
        raise UsageError(
            f"no user{of}",
            f"give {given.option}user or set {prefix}USER (or set {prefix}{SESSION_ID}, "
            f"{prefix}{ACCESS_TOKEN} or {prefix}{OAUTH_PROFILE} instead)",
        )


def settings(given: Given) -> Settings:
    """Gather what is known, or raise `UsageError` if no vault is named."""
    profile = _profile(given)
    url = given.url or (profile.url if profile else None) or given.variable("URL")
    if not url:
        raise UsageError(
            f"no {given.side}{' ' if given.side else ''}vault address",
            f"give {given.option}url https://myvault.veevavault.com, set {given.prefix}URL, or "
            f"keep a vault once with `vaultio login` ({given.option}profile)",
        )
    own = profile if profile is not None and same(url, profile.url) else None
    user = given.user or (own.user if own else given.variable("USER"))
    if own is not None and user != own.user:
        secret = None  # another user's
    else:
        secret = own.reference if own else _named_secret(given)
    return Settings(
        url=url,
        user=user,
        api_version=_first(given, profile, "api_version", "VAULTIO_API_VERSION") or DEFAULT_VERSION,
        store=store_of(given),
        secret=secret,
        given=given,
        profile=own,
    )


def store_of(given: Given) -> str | None:
    """Say where the quotas are shared, if anywhere; it may be a reference."""
    return _first(given, _profile(given), "store", "VAULTIO_QUOTA_STORE")


def same(url: str, other: str) -> bool:
    """Whether two addresses are of one vault."""
    return url.rstrip("/").lower() == other.rstrip("/").lower()


def _profile(given: Given) -> Profile | None:
    """Load the profile that is named, or the default one where nothing else names a vault."""
    if name := given.profile or given.variable("PROFILE"):
        return load_profile(name)
    if given.side or given.url or given.variable("URL") or not _may_have_profiles():
        return None
    return read_profiles().get(DEFAULT)


def _may_have_profiles() -> bool:
    return bool(os.environ.get("VAULTIO_PROFILES")) or profiles_path().exists()


def _first(given: Given, profile: Profile | None, name: str, variable: str) -> str | None:
    """Take a setting from where it is said first."""
    typed, kept = getattr(given, name), getattr(profile, name, None)
    return typed or kept or os.environ.get(variable) or None


def _named_secret(given: Given) -> str | None:
    """Say by which variable the secret is found, as for workers that have the same ones."""
    if given.password_stdin:
        return None
    for name in (ACCESS_TOKEN, SESSION_ID, OAUTH_TOKEN, PASSWORD):
        if given.variable(name):
            return f"env:{given.prefix}{name}"
    return None


def _session_of(given: Given, url: str) -> AccessToken | SessionId | OAuth | None:
    """Take a token or session out of the environment; Vault's own token first."""
    if token := given.variable(ACCESS_TOKEN):
        return AccessToken(token)
    if session_id := given.variable(SESSION_ID):
        return SessionId(session_id)
    there = [name for name in (OAUTH_PROFILE, OAUTH_TOKEN) if given.variable(name)]
    if len(there) == 1:
        raise UsageError(
            f"{given.prefix}{there[0]} is set alone",
            f"set both {given.prefix}{OAUTH_PROFILE}, an id in Vault, and "
            f"{given.prefix}{OAUTH_TOKEN}, the identity provider's token; or none",
        )
    return _oauth_of(given, url) if there else None


def _oauth_of(given: Given, url: str) -> OAuth:
    reference = f"env:{given.prefix}{OAUTH_TOKEN}"
    token_at(reference)
    return OAuth(
        given.variable(OAUTH_PROFILE) or "",
        token_source(reference),
        given.variable("OAUTH_CLIENT_ID"),
        login_host(url, given.variable("OAUTH_HOST")),
    )


def _of_stdin(known: Settings) -> str:
    secret = sys.stdin.readline().rstrip("\r\n")
    if not secret:
        raise _no_secret("the first line of standard input is empty", known)
    return secret


def _asked(question: str, known: Settings) -> str:
    """Ask for the secret; an empty one is as good as none."""
    if not sys.stdin.isatty():
        raise _no_secret("there is no terminal to ask at", known)
    secret = asked_secret(question)
    if not secret:
        raise _no_secret("nothing was typed", known)
    return secret


def _no_secret(why: str, known: Settings) -> UsageError:
    profile = known.profile
    of = f" in the profile {profile.name}" if profile else ""
    again = f"`vaultio login {profile.name}`, " if profile else ""
    if known.oauth_profile is not None:
        what, place = "token", "give the profile an oauth_token"
    else:
        what, place = "password", f"set {known.given.prefix}{PASSWORD}"
    return UsageError(f"no {what}{of} ({why})", f"{again}{place} or use --password-stdin")
