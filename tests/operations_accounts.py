"""The operations of the chapters Users, Groups and Roles, for `tests.operations`."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from pathlib import Path

from tests.leaks import MARK, PASSWORD
from vaultio import DocumentRole, Group, Page, RoleAssignment, User, Vault
from vaultio.models import Property

NEW_PASSWORD = f"{MARK}-new-password"
ELAINE = {
    "user_name__v": "ewoodhouse@veevapharm.com",
    "user_email__v": "ewoodhouse@veevapharm.com",
    "user_first_name__v": "Elaine",
    "user_last_name__v": "Woodhouse",
    "user_language__v": "en",
    "user_timezone__v": "America/Denver",
    "user_locale__v": "en_US",
    "security_policy_id__v": 821,
    "security_profile__v": "business_admin__v",
    "license_type__v": "full__v",
}
PROFILE = {
    "user_timezone__v": "America/Los Angeles",
    "company__v": "VeevaPharm",
    "user_title__v": "Product Manager",
    "alias__v": "Skipper",
}


async def first_users(vault: Vault) -> Page[User]:
    """Ask for the first page of the users of the whole domain."""
    return await vault.users.retrieve_all(vaults="all", start=0, limit=200, sort="user_name__v asc")


ACCOUNTS: dict[str, Callable[[Vault, Path], Awaitable[object]]] = {
    # Roles
    "retrieve_document_roles": lambda vault, _: vault.documents.roles(773).retrieve_all(),
    "retrieve_document_role_assignments": lambda vault, _: vault.documents.roles(773).retrieve(
        "reviewer__v"
    ),
    "assign_users_groups_to_document_role": lambda vault, _: vault.documents.roles(773).assign(
        users={"consumer__v": [19376, 18234, 19456]}, groups={"legal__c": [19365, 18923]}
    ),
    "delete_user_from_document_role": lambda vault, _: vault.documents.roles(773).delete_user(
        "consumer__v", 19376
    ),
    "delete_group_from_document_role": lambda vault, _: vault.documents.roles(773).delete_group(
        "legal__c", 19365
    ),
    # Users
    "retrieve_user_metadata": lambda vault, _: vault.users.retrieve_metadata(),
    "retrieve_all_users": lambda vault, _: first_users(vault),
    "retrieve_user": lambda vault, _: vault.users.retrieve(25496),
    "create_user": lambda vault, _: vault.users.create(ELAINE, picture=b"GIF89a, of Elaine"),
    "update_user": lambda vault, _: vault.users.update(25001, PROFILE),
    "disable_user": lambda vault, _: vault.users.disable(25001, domain=True),
    "change_user_password": lambda vault, _: vault.users.change_password(
        25496, current=PASSWORD, new=NEW_PASSWORD
    ),
    "update_vault_membership": lambda vault, _: vault.users.update_vault_membership(
        25001, 3003, active=True, security_profile="business_admin__v", license_type="full__v"
    ),
    # Groups
    "retrieve_group_metadata": lambda vault, _: vault.groups.retrieve_metadata(),
    "create_group": lambda vault, _: vault.groups.create(
        "Clinical Reviewers", members=[25515, 26180]
    ),
    "retrieve_groups": lambda vault, _: vault.groups.retrieve_all(),
    "retrieve_group": lambda vault, _: vault.groups.retrieve(6),
    "update_group": lambda vault, _: vault.groups.update(27, label="Reviewers"),
    "delete_group": lambda vault, _: vault.groups.delete(27),
}

RESULTS: dict[str, type | tuple[type]] = {
    "retrieve_document_roles": (DocumentRole,),
    "retrieve_document_role_assignments": DocumentRole,
    "assign_users_groups_to_document_role": RoleAssignment,
    "delete_user_from_document_role": type(None),
    "delete_group_from_document_role": type(None),
    "retrieve_user_metadata": (Property,),
    "retrieve_all_users": Page,
    "retrieve_user": User,
    "create_user": int,
    "update_user": int,
    "disable_user": int,
    "change_user_password": type(None),
    "update_vault_membership": type(None),
    "retrieve_group_metadata": (Property,),
    "create_group": int,
    "retrieve_groups": (Group,),
    "retrieve_group": Group,
    "update_group": int,
    "delete_group": int,
}
