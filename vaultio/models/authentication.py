"""How users come in: what a user name is for, and for whom a user may act.

Reference: Authentication Type Discovery; Delegated Access
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from attrs import frozen

from vaultio.models.wire import Model, wire

_NONE: Mapping[str, Any] = MappingProxyType({})


@frozen(kw_only=True)
class AuthenticationProfile(Model):
    """An OAuth 2.0 / OpenID Connect profile that a user may log in by; its `id` is for `OAuth`.

    `client_id` is what the application is called at the authorization server, where Vault knows
    that; `authorization_server` what that server says of itself, under its own names
    (``token_endpoint``, …). Addresses are for you to judge: vaultio sends nothing to them.
    """

    id: str = wire("id")
    label: str | None = wire("label", default=None)
    description: str | None = wire("description", default=None)
    provider: str | None = wire("oauthProviderType", default=None)
    session_endpoint: str | None = wire("vault_session_endpoint", default=None)
    client_id: str | None = wire("as_client_id", default=None)
    authorization_server: Mapping[str, Any] = wire("as_metadata", default=_NONE)
    use_adal: bool | None = wire("use_adal", default=None)
    use_msal: bool | None = wire("use_msal", default=None)


@frozen(kw_only=True)
class Discovery(Model):
    """How a user logs in. `type` is an open set: ``password`` or ``sso``."""

    type: str = wire("auth_type")
    profiles: tuple[AuthenticationProfile, ...] = wire("auth_profiles", default=())

    @property
    def is_saml(self) -> bool:
        """Whether the user comes in by SAML alone, by which no program can log in.

        Such a user needs a profile for OpenID Connect, an access token, or a session from
        elsewhere.
        """
        return self.type == "sso" and not self.profiles


@frozen(kw_only=True)
class Delegation(Model):
    """A vault in which a user lets this one's user act; see `Vault.delegated`.

    `id` is the vault's, `dns` its host, `delegator_user_id` who it is that one acts for.
    """

    id: int = wire("id")
    delegator_user_id: int = wire("delegator_userid")
    name: str | None = wire("name", default=None)
    dns: str | None = wire("dns", default=None)
