"""The rooms: one module a chapter of the reference, thin coroutines only."""

from vaultio.endpoints.api_metadata import ApiMetadata
from vaultio.endpoints.controlled_copies import ControlledCopies
from vaultio.endpoints.documents import Documents
from vaultio.endpoints.jobs import Jobs
from vaultio.endpoints.object_records import ObjectRecords
from vaultio.endpoints.objects import Objects
from vaultio.endpoints.query import Query

__all__ = [
    "ApiMetadata",
    "ControlledCopies",
    "Documents",
    "Jobs",
    "ObjectRecords",
    "Objects",
    "Query",
]
