"""The domain, and the vaults in it.

Reference: Domain Information
"""

from __future__ import annotations

from attrs import frozen

from vaultio.models.wire import Model, wire


@frozen(kw_only=True)
class DomainVault(Model):
    """One vault of a domain. `id` is digits as a text here, a number in answers about users.

    `status` and `application` are open sets, such as ``Active`` and ``PromoMats``.
    """

    id: str = wire("id")
    name: str | None = wire("vault_name__v", default=None)
    status: str | None = wire("vault_status__v", default=None)
    application: str | None = wire("vault_application__v", default=None)


@frozen(kw_only=True)
class Domain(Model):
    """A domain with its vaults. `type` is an open set, such as ``Sandbox``."""

    name: str | None = wire("domain_name__v", default=None)
    type: str | None = wire("domain_type__v", default=None)
    vaults: tuple[DomainVault, ...] = wire("vaults__v", default=())
