"""Picklists: which there are, and their values.

Reference: Picklists
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from vaultio.endpoints.room import Room
from vaultio.models import Picklist, PicklistValue
from vaultio.protocol.forms import form
from vaultio.protocol.path import Path
from vaultio.protocol.picklists import new_labels, new_name, new_values
from vaultio.protocol.readers import many, nothing
from vaultio.protocol.request import Repeat, Request, delete, post, put
from vaultio.transport import Caller


class Picklists(Room):
    """The values that picklist fields choose from. The picklists themselves are fixed here.

    Documents and records refer to values by their names, and users know them by their labels:
    a change of either reaches all of them.
    """

    def __init__(self, caller: Caller) -> None:
        super().__init__(caller)
        self._root = Path() / "objects" / "picklists"

    async def retrieve_all(self) -> tuple[Picklist, ...]:
        """Retrieve all picklists of the vault, without their values.

        ``GET /api/{version}/objects/picklists``
        Reference: Picklists › Retrieve All Picklists
        """
        return await self._caller.get(self._root, many("picklists", Picklist))

    async def retrieve_values(self, picklist_name: str) -> tuple[PicklistValue, ...]:
        """Retrieve the values of one picklist, in Vault's order.

        ``GET /api/{version}/objects/picklists/{picklist_name}``
        Reference: Picklists › Retrieve Picklist Values
        """
        path = self._root / picklist_name
        return await self._caller.get(path, many("picklistValues", PicklistValue))

    async def create_values(
        self, picklist_name: str, labels: Sequence[str]
    ) -> tuple[PicklistValue, ...]:
        """Add values by their *labels*; Vault makes their names of them.

        Vault takes up to 1,024 values, and does not say whether a call or a picklist. A lost
        answer is not sent again.

        ``POST /api/{version}/objects/picklists/{picklist_name}``
        Reference: Picklists › Create Picklist Values
        """
        request = post(self._root / picklist_name, new_values(labels))
        return await self._caller.send(request, many("picklistValues", PicklistValue))

    async def update_labels(
        self, picklist_name: str, labels: Mapping[str, str]
    ) -> tuple[PicklistValue, ...]:
        """Give values other labels: *labels* maps the name of a value to its new label.

        The values that were changed come back.

        ``PUT /api/{version}/objects/picklists/{picklist_name}``
        Reference: Picklists › Update Picklist Value Label
        """
        request = put(self._root / picklist_name, new_labels(labels))
        return await self._caller.send(request, many("picklistValues", PicklistValue))

    async def update_name(self, picklist_name: str, value_name: str, *, new: str) -> None:
        """Give a value another name: *new* is without ``__c``, which Vault adds.

        A lost answer is not sent again: the value no longer has the name of the address.

        ``PUT /api/{version}/objects/picklists/{picklist_name}/{picklist_value_name}``
        Reference: Picklists › Update Picklist Value Name
        """
        path, body = self._root.under(picklist_name, value_name), form(new_name(new))
        request = Request(method="PUT", path=path, body=body, repeat=Repeat.ONCE)
        return await self._caller.send(request, nothing)

    async def delete_value(self, picklist_name: str, value_name: str) -> None:
        """Delete a value.

        ``DELETE /api/{version}/objects/picklists/{picklist_name}/{picklist_value_name}``
        Reference: Picklists › Delete Picklist Value
        """
        path = self._root.under(picklist_name, value_name)
        return await self._caller.send(delete(path), nothing)
