"""The rooms: one module a chapter of the reference, thin coroutines only."""

from vaultio.endpoints.api_metadata import ApiMetadata
from vaultio.endpoints.binders import Binders
from vaultio.endpoints.controlled_copies import ControlledCopies
from vaultio.endpoints.document_events import DocumentEvents
from vaultio.endpoints.document_metadata import DocumentMetadata
from vaultio.endpoints.documents import Documents
from vaultio.endpoints.domain import DomainInformation
from vaultio.endpoints.groups import Groups
from vaultio.endpoints.jobs import Jobs
from vaultio.endpoints.object_records import ObjectRecords
from vaultio.endpoints.objects import Objects
from vaultio.endpoints.picklists import Picklists
from vaultio.endpoints.query import Query
from vaultio.endpoints.security_policies import SecurityPolicies
from vaultio.endpoints.users import Users
from vaultio.endpoints.workflows import Workflows

__all__ = [
    "ApiMetadata",
    "Binders",
    "ControlledCopies",
    "DocumentEvents",
    "DocumentMetadata",
    "Documents",
    "DomainInformation",
    "Groups",
    "Jobs",
    "ObjectRecords",
    "Objects",
    "Picklists",
    "Query",
    "SecurityPolicies",
    "Users",
    "Workflows",
]
