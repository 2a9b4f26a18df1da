"""Groups of users.

Reference: Groups
"""

from __future__ import annotations

from datetime import datetime

from attrs import frozen

from vaultio.models.wire import Model, wire


@frozen(kw_only=True)
class Group(Model):
    """A group; its id may be larger than 32 bits hold.

    `members` are the ids of users. `implied_members` came into the group by their security
    profile; Vault's own examples leave them out.
    """

    id: int = wire("id")
    name: str | None = wire("name__v", default=None)
    label: str | None = wire("label__v", default=None)
    description: str | None = wire("group_description__v", default=None)
    members: tuple[int, ...] = wire("members__v", default=())
    implied_members: tuple[int, ...] = wire("implied_members__v", default=())
    security_profiles: tuple[str, ...] = wire("security_profiles__v", default=())
    active: bool | None = wire("active__v", default=None)
    system_group: bool = wire("system_group__v", default=False)
    created_by: int | None = wire("created_by__v", default=None)
    created_date: datetime | None = wire("created_date__v", default=None)
    modified_by: int | None = wire("modified_by__v", default=None)
    modified_date: datetime | None = wire("modified_date__v", default=None)
