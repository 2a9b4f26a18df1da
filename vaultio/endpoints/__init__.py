"""The rooms: one module a chapter of the reference, thin coroutines only.

Each is imported when it is first entered: few programs enter all.
"""

from typing import TYPE_CHECKING

from vaultio.lazy import lazy

if TYPE_CHECKING:
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

_HOMES = {
    "api_metadata": "ApiMetadata",
    "binders": "Binders",
    "controlled_copies": "ControlledCopies",
    "document_events": "DocumentEvents",
    "document_metadata": "DocumentMetadata",
    "documents": "Documents",
    "domain": "DomainInformation",
    "groups": "Groups",
    "jobs": "Jobs",
    "object_records": "ObjectRecords",
    "objects": "Objects",
    "picklists": "Picklists",
    "query": "Query",
    "security_policies": "SecurityPolicies",
    "users": "Users",
    "workflows": "Workflows",
}
_HOME_OF = {name: home for home, names in _HOMES.items() for name in names.split()}

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

if not TYPE_CHECKING:  # or checkers would take any name for one of these
    __getattr__, __dir__ = lazy(__name__, _HOME_OF, _HOMES)
