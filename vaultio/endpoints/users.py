"""Users of the domain and of its vaults.

Reference: Users
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Literal

from vaultio.credentials import Secret
from vaultio.endpoints.room import Room
from vaultio.models import Property, User
from vaultio.protocol.accounts import account_fields, hidden, password_change
from vaultio.protocol.forms import sent
from vaultio.protocol.moved import user_password
from vaultio.protocol.multipart import multipart
from vaultio.protocol.path import Path
from vaultio.protocol.readers import id_number, many, nothing, one
from vaultio.protocol.request import Repeat, Request, post, put
from vaultio.protocol.sources import Upload
from vaultio.transport import Caller, Pages
from vaultio.transport.pages import by_offset

USUAL_PAGE = 200
LARGEST_PICTURE = 10 * 1024 * 1024 - 1  # bytes


class Users(Room):
    """The users, who belong to the domain and may be members of any of its vaults."""

    def __init__(self, caller: Caller) -> None:
        super().__init__(caller)
        self._root = Path() / "objects" / "users"

    async def retrieve_metadata(self) -> tuple[Property, ...]:
        """Retrieve the fields of users, with what may be set when, and allowed values.

        ``GET /api/{version}/metadata/objects/users``
        Reference: Users › Retrieve User Metadata
        """
        return await self._caller.get(Path().under("metadata", "objects", "users"), account_fields)

    def retrieve_all(
        self,
        *,
        vaults: Literal["all", -1] | Sequence[int] | None = None,
        start: int = 0,
        limit: int | None = None,
        sort: str | None = None,
    ) -> Pages[User]:
        """Retrieve users, by default the members of this vault, in pages of 200.

        *vaults*, for administrators of those vaults: ``"all"`` of the domain, ``-1`` all but
        this one, or ids. *limit* is the size of a page, for which no maximum is documented;
        *start* the row to begin at, from 0; *sort* a field and an order, such as
        ``"user_name__v asc"``. Vault tells no total: a page's `total` is its own size.

        ``GET /api/{version}/objects/users``
        Reference: Users › Retrieve All Users
        """
        read, query = many("users", User, each="user"), {"vaults": vaults, "sort": sort}
        return by_offset(
            self._caller, self._root, read, query, start, limit, largest=USUAL_PAGE, capped=False
        )

    async def retrieve(self, user_id: int) -> User:
        """Retrieve one user, with the memberships in all vaults.

        ``GET /api/{version}/objects/users/{user_id}``
        Reference: Users › Retrieve User
        """
        return await self._caller.get(self._root / user_id, one("users", User, each="user"))

    async def create(
        self,
        fields: Mapping[str, object],
        *,
        domain: bool = False,
        picture: Upload | None = None,
    ) -> int:
        """Create a user in the domain and in this vault, and return the id.

        *fields* are by Vault's names; required are ``user_name__v``, ``user_first_name__v``,
        ``user_last_name__v``, ``user_email__v``, ``user_timezone__v``, ``user_locale__v``,
        ``user_language__v`` and ``security_policy_id__v``. Profile and license are
        ``document_user__v`` and ``full__v`` if not said otherwise. With *domain* the user
        becomes a member of no vault. *picture* is a JPG, PNG or GIF of less than 10 MB. A lost
        answer is not sent again.

        ``POST /api/{version}/objects/users``
        Reference: Users › Create User
        """
        values = {**fields, "domain": domain or None}
        body = multipart(values, file=picture, max_bytes=LARGEST_PICTURE)
        return await self._caller.send(post(self._root, body), id_number)

    async def update(self, user_id: int, fields: Mapping[str, object]) -> int:
        """Set *fields* of a user, by Vault's names, and return the id.

        ``domain_active__v`` and ``is_domain_admin__v`` are for Domain Admins alone, of whom one
        must remain. Who is made active in the domain again is still inactive in its vaults: see
        `update_vault_membership`.

        ``PUT /api/{version}/objects/users/{user_id}``
        Reference: Users › Update User
        """
        return await self._caller.send(put(self._root / user_id, fields), id_number)

    async def disable(self, user_id: int, *, domain: bool = False) -> int:
        """Make a user inactive in this vault or, with *domain*, in all, and return the id.

        Nothing is deleted: the user remains a member, with profile and license.

        ``DELETE /api/{version}/objects/users/{user_id}``
        Reference: Users › Disable User
        """
        query, path = sent({"domain": domain or None}), self._root / user_id
        request = Request(method="DELETE", path=path, query=query, repeat=Repeat.SAME)
        return await self._caller.send(request, id_number)

    async def change_password(
        self, user_id: int, *, current: str | Secret, new: str | Secret
    ) -> None:
        """Change a user's password; a lost answer is not sent again.

        From API v17.2 on a user changes the own password alone: *current* must then be that of
        the user who calls, whatever *user_id* says. A client that logged in with the old
        password cannot renew its session.

        ``POST /api/{version}/objects/users/{user_id}/password``
        Reference: Users › Change User Password
        """
        # From here on no frame holds a password that could be read.
        current, new = hidden(current), hidden(new)
        path = user_password(self._caller.version, self._root, user_id)
        await self._caller.send(password_change(path, current, new), nothing)

    async def update_vault_membership(
        self,
        user_id: int,
        vault_id: int,
        *,
        active: bool | None = None,
        security_profile: str | None = None,
        license_type: str | None = None,
    ) -> None:
        """Add a user to a vault of the domain, or change what the user is there.

        Whoever is added is active, with ``document_user__v`` and ``full__v``, if not said
        otherwise; nothing at all may be said.

        ``PUT /api/{version}/objects/users/{user_id}/vault_membership/{vault_id}``
        Reference: Users › Update Vault Membership
        """
        roles = {"security_profile__v": security_profile, "license_type__v": license_type}
        path = self._root.under(user_id, "vault_membership", vault_id)
        await self._caller.send(put(path, {"active__v": active, **roles}), nothing)
