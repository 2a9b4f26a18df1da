"""Every error that the reference lists, and how the sandbox is brought to answer with it."""

from __future__ import annotations

from tests.endpoints.provocation import Listed, joined
from tests.endpoints.provoked_attachments import ATTACHMENTS
from tests.endpoints.provoked_binders import BINDERS
from tests.endpoints.provoked_documents import DOCUMENTS
from tests.endpoints.provoked_general import GENERAL
from tests.endpoints.provoked_objects import OBJECTS

PROVOKED = joined(GENERAL, DOCUMENTS, ATTACHMENTS, BINDERS, OBJECTS)

_NO_VERSION = "the call names no version of the attachment; see the calls that do"
_NO_SECTION = "the call without a section in its path; see the one with it, printed as one with it"
_VERSION = "The resource [{id}/version/{version}] does not exist."

EXCEPTIONS: dict[Listed, str] = {
    Listed("list_document_attachment_versions", "MALFORMED_URL", _VERSION): _NO_VERSION,
    Listed("list_object_record_attachment_versions", "MALFORMED_URL", _VERSION): _NO_VERSION,
    Listed("retrieve_binder_sections", "INVALID_SECTION"): _NO_SECTION,
    Listed("retrieve_binder_version_sections", "INVALID_SECTION"): _NO_SECTION,
    Listed(
        "retrieve_object_collection", "MALFORMED_URL", "The resource [RESOURCE] does not exist"
    ): "the address has nothing to choose in it: a wrong one is no such call; see `*`",
    Listed("login", "AUTHENTICATION_FAILED"): (
        "an errorType beside errors[].type, which the login errors come with; see the protocol's "
        "tests for an answer with nothing else"
    ),
}
"""What cannot be provoked, and why."""
