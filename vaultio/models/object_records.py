"""Vault objects and what is known of them.

Reference: Objects; Attachments on Object Records
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from attrs import frozen

from vaultio.models.wire import Model, wire


@frozen(kw_only=True)
class VaultObject(Model):
    """An object's metadata: what a record of it may have."""

    name: str = wire("name")
    label: str | None = wire("label", default=None)
    label_plural: str | None = wire("label_plural", default=None)
    allow_attachments: bool = wire("allow_attachments", default=False)
    urls: Mapping[str, str] = wire("urls", default=MappingProxyType({}))

    @property
    def takes_attachments(self) -> bool:
        """Whether records may have attachments: said outright, or by a URL for them."""
        return self.allow_attachments or "attachments" in self.urls
