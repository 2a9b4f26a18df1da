"""Users, and what they are in each vault.

Reference: Users
"""

from __future__ import annotations

from datetime import datetime

from attrs import frozen

from vaultio.models.wire import Model, wire


@frozen(kw_only=True)
class VaultMembership(Model):
    """What a user is in one vault; an inactive member keeps profile and license."""

    vault_id: int = wire("id")
    active: bool = wire("active__v", default=False)
    security_profile: str | None = wire("security_profile__v", default=None)
    license_type: str | None = wire("license_type__v", default=None)


@frozen(kw_only=True)
class User(Model):
    """A user of the domain.

    `active`, `security_profile` and `license_type` are those of the vault that was asked,
    `memberships` those of all. Texts that are empty in Vault are empty here; times that are
    empty, such as that of a login which never was, are None.
    """

    id: int = wire("id")
    username: str | None = wire("user_name__v", default=None)
    first_name: str | None = wire("user_first_name__v", default=None)
    last_name: str | None = wire("user_last_name__v", default=None)
    email: str | None = wire("user_email__v", default=None)
    timezone: str | None = wire("user_timezone__v", default=None)
    locale: str | None = wire("user_locale__v", default=None)
    language: str | None = wire("user_language__v", default=None)
    title: str | None = wire("user_title__v", default=None)
    company: str | None = wire("company__v", default=None)
    federated_id: str | None = wire("federated_id__v", default=None)
    security_policy_id: int | None = wire("security_policy_id__v", default=None)
    security_profile: str | None = wire("security_profile__v", default=None)
    license_type: str | None = wire("license_type__v", default=None)
    active: bool | None = wire("active__v", default=None)
    domain_active: bool | None = wire("domain_active__v", default=None)
    is_domain_admin: bool | None = wire("is_domain_admin__v", default=None)
    needs_to_change_password: bool | None = wire("user_needs_to_change_password__v", default=None)
    domain_id: int | None = wire("domain_id__v", default=None)
    vault_ids: tuple[int, ...] = wire("vault_id__v", default=())
    group_ids: tuple[int, ...] = wire("group_id__v", default=())
    memberships: tuple[VaultMembership, ...] = wire("vault_membership", default=())
    created_by: int | None = wire("created_by__v", default=None)
    created_date: datetime | None = wire("created_date__v", default=None)
    modified_by: int | None = wire("modified_by__v", default=None)
    modified_date: datetime | None = wire("modified_date__v", default=None)
    last_login: datetime | None = wire("last_login__v", default=None)
