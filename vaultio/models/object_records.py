"""Records of Vault's objects.

Reference: Object Records
"""

from __future__ import annotations

from datetime import datetime

from attrs import frozen

from vaultio.models.wire import Model, wire


@frozen(kw_only=True)
class ObjectRecord(Model):
    """One record of an object.

    Fields differ from object to object: those that every object has are attributes, all others
    are in `fields` under Vault's names. What was not asked for is None or empty.
    """

    id: str = wire("id")
    name: str | None = wire("name__v", default=None)
    status: tuple[str, ...] = wire("status__v", default=())
    external_id: str | None = wire("external_id__v", default=None)
    created_by: int | None = wire("created_by__v", default=None)
    created_date: datetime | None = wire("created_date__v", default=None)
    modified_by: int | None = wire("modified_by__v", default=None)
    modified_date: datetime | None = wire("modified_date__v", default=None)
