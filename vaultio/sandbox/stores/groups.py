"""Groups of users."""

from __future__ import annotations

import itertools
import re
from collections.abc import Callable, Iterator, Sequence

from attrs import define, field

from vaultio.sandbox.failures import not_found
from vaultio.sandbox.stores.users import SECURITY_PROFILES, User

FIRST_ID = 1367526751338


@define(kw_only=True)
class Group:
    """A group. *members* were added one by one, others belong to it by their security profile."""

    id: int
    name: str
    label: str
    description: str | None = None
    members: list[int] = field(factory=list)
    security_profiles: list[str] = field(factory=list)
    active: bool = True
    system: bool = False
    created: str
    created_by: int = 1
    modified: str
    modified_by: int = 1

    def implies(self, user: User) -> bool:
        """Whether a user belongs to the group by profile, in any vault."""
        profiles = {one.security_profile for one in user.memberships.values()}
        return not profiles.isdisjoint(self.security_profiles)


class Groups:
    """The groups by id; three of the system are there from the start, as in every vault."""

    def __init__(self, now: Callable[[], str]) -> None:
        self._now = now
        self._ids = itertools.count(FIRST_ID)
        self._groups: dict[int, Group] = {}
        self._system(1, "All Internal Users", SECURITY_PROFILES)
        self._system(4, "Business Administrators", ["business_admin__v"])
        self._system(6, "Vault Owners", ["vault_owner__v"])

    def _system(self, group_id: int, label: str, profiles: Sequence[str]) -> None:
        name = label.lower().replace(" ", "_") + "__v"
        description = f"{label} (System managed group)"
        self.add(label, group_id=group_id, name=name, description=description)
        self[group_id].system = True
        self[group_id].security_profiles = list(profiles)

    def add(
        self,
        label: str,
        members: Sequence[int] = (),
        *,
        description: str | None = None,
        security_profiles: Sequence[str] = (),
        group_id: int | None = None,
        name: str | None = None,
        created_by: int = 1,
    ) -> int:
        """Add a group and return its id; the name is made of the label."""
        if group_id is None:
            group_id = next(one for one in self._ids if one not in self._groups)
        moment = self._now()
        self._groups[group_id] = Group(
            id=group_id,
            name=name or self._free_name(label),
            label=label,
            description=description,
            members=list(members),
            security_profiles=list(security_profiles),
            created=moment,
            created_by=created_by,
            modified=moment,
            modified_by=created_by,
        )
        return group_id

    def _free_name(self, label: str) -> str:
        base = re.sub(r"\W+", "_", label.lower()).strip("_")[:30] or "group"
        names = {group.name for group in self}
        numbered = itertools.chain([base], (f"{base}_{n}" for n in itertools.count(2)))
        return next(f"{one}__c" for one in numbered if f"{one}__c" not in names)

    def find(self, group_id: str) -> Group:
        """Return a group, or refuse."""
        for group in self:
            if str(group.id) == group_id:
                return group
        raise not_found(f"groups/{group_id}")

    def delete(self, group_id: int) -> None:
        """Delete a group."""
        del self._groups[group_id]

    def __contains__(self, group_id: int) -> bool:
        return group_id in self._groups

    def __getitem__(self, group_id: int) -> Group:
        return self._groups[group_id]

    def __iter__(self) -> Iterator[Group]:
        return iter(self._groups.values())
