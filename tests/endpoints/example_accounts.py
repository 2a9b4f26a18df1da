"""The users, groups and roles that the reference's examples speak of."""

from __future__ import annotations

from tests.leaks import PASSWORD
from vaultio.sandbox import Sandbox

USERS = (25001, 25496, 25515, 26180, 19376, 18234, 19456)


def fill(sandbox: Sandbox) -> None:
    """Add users, groups 27, 18923 and 19365, vault 3003, and who is in roles on document 773."""
    for user_id in USERS:
        sandbox.users.add(f"user{user_id}@veevapharm.com", PASSWORD, id=user_id)
    for group_id in (27, 18923, 19365):
        sandbox.groups.add(f"Group {group_id}", [25001], group_id=group_id)
    sandbox.vaults.add("Other", vault_id=3003)
    roles = sandbox.documents[773].roles
    roles["consumer__v"].assigned_users.append(19376)
    roles["legal__c"].assigned_groups.append(19365)
