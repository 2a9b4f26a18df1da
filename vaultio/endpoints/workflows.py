"""Workflows.

Reference: Workflows
"""

from __future__ import annotations

from vaultio.endpoints.room import Room
from vaultio.models import Property
from vaultio.protocol.path import Path
from vaultio.protocol.readers import many


class Workflows(Room):
    """The workflows of documents, which queries read as the object ``workflows``."""

    async def retrieve_metadata(self) -> tuple[Property, ...]:
        """Retrieve the fields of workflows and of their tasks, as queries name them.

        The values of a field are labels, and a label may come twice. Later versions of the API
        are not known to have this address.

        ``GET /api/{version}/metadata/objects/workflows``
        Reference: Workflows › Retrieve Workflow Metadata
        """
        path = Path().under("metadata", "objects", "workflows")
        return await self._caller.get(path, many("properties", Property))
