"""An async client for the Veeva Vault REST API.

Start with `Vault`; what it raises is drawn on top of `vaultio.errors`.

What takes time is imported when it is first asked for.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

from vaultio.config import Config
from vaultio.credentials import AccessToken, Credentials, Password, Secret, SessionId
from vaultio.errors import (
    AccessDeniedError,
    ApiLimitError,
    AuthenticationError,
    ChecksumError,
    ClosedError,
    ClusterError,
    ConflictError,
    ConnectionFailedError,
    ConnectionLostError,
    DeadlineError,
    DownloadError,
    DowntimeError,
    FileTooLargeError,
    ForeignLinkError,
    InvalidArgumentError,
    InvalidDataError,
    JobError,
    JobFailedError,
    JobWaitError,
    MethodNotSupportedError,
    NotAllowedError,
    NotFoundError,
    NotVaultError,
    OutcomeUnknownError,
    ParameterRequiredError,
    QuerySyntaxError,
    QuotaStoreError,
    QuotaWaitError,
    SessionExpiredError,
    SourceChangedError,
    StalledError,
    SwappedReplyError,
    TargetError,
    TargetExistsError,
    TransportError,
    TruncatedError,
    UnreadableReplyError,
    UploadError,
    VaultError,
    VaultioError,
    VaultServerError,
    WrongVaultError,
)

if TYPE_CHECKING:
    from vaultio.client import Vault
    from vaultio.downloads import FileStream, SavedFile
    from vaultio.limiter import Limiter, Meter, Pace, Quota, QuotaUsage, Usage
    from vaultio.models import (
        AddedAttachment,
        Attachment,
        Binder,
        BinderNode,
        Checksum,
        Document,
        DocumentEvent,
        DocumentField,
        DocumentLock,
        DocumentRole,
        DocumentType,
        DocumentVersion,
        Domain,
        Group,
        Job,
        NewVersion,
        ObjectField,
        ObjectRecord,
        Picklist,
        PicklistValue,
        Relationship,
        Rendition,
        RoleAssignment,
        RowResult,
        SecurityPolicy,
        User,
        VaultObject,
        VersionNumber,
    )
    from vaultio.protocol.sources import FileSource, Upload
    from vaultio.protocol.version import ApiVersion
    from vaultio.transport import Page, Pages, RowResults, Rows

_PARTS = frozenset(
    {"client", "downloads", "endpoints", "limiter", "models", "protocol", "transport"}
)
_HOMES = {
    "client": "Vault",
    "downloads": "FileStream SavedFile",
    "limiter": "Limiter Meter Pace Quota QuotaUsage Usage",
    "protocol.sources": "FileSource Upload",
    "protocol.version": "ApiVersion",
    "transport": "Page Pages RowResults Rows",
}
_HOME_OF = {name: home for home, names in _HOMES.items() for name in names.split()}

__all__ = [
    "AccessDeniedError",
    "AccessToken",
    "AddedAttachment",
    "ApiLimitError",
    "ApiVersion",
    "Attachment",
    "AuthenticationError",
    "Binder",
    "BinderNode",
    "Checksum",
    "ChecksumError",
    "ClosedError",
    "ClusterError",
    "Config",
    "ConflictError",
    "ConnectionFailedError",
    "ConnectionLostError",
    "Credentials",
    "DeadlineError",
    "Document",
    "DocumentEvent",
    "DocumentField",
    "DocumentLock",
    "DocumentRole",
    "DocumentType",
    "DocumentVersion",
    "Domain",
    "DownloadError",
    "DowntimeError",
    "FileSource",
    "FileStream",
    "FileTooLargeError",
    "ForeignLinkError",
    "Group",
    "InvalidArgumentError",
    "InvalidDataError",
    "Job",
    "JobError",
    "JobFailedError",
    "JobWaitError",
    "Limiter",
    "Meter",
    "MethodNotSupportedError",
    "NewVersion",
    "NotAllowedError",
    "NotFoundError",
    "NotVaultError",
    "ObjectField",
    "ObjectRecord",
    "OutcomeUnknownError",
    "Pace",
    "Page",
    "Pages",
    "ParameterRequiredError",
    "Password",
    "Picklist",
    "PicklistValue",
    "QuerySyntaxError",
    "Quota",
    "QuotaStoreError",
    "QuotaUsage",
    "QuotaWaitError",
    "Relationship",
    "Rendition",
    "RoleAssignment",
    "RowResult",
    "RowResults",
    "Rows",
    "SavedFile",
    "Secret",
    "SecurityPolicy",
    "SessionExpiredError",
    "SessionId",
    "SourceChangedError",
    "StalledError",
    "SwappedReplyError",
    "TargetError",
    "TargetExistsError",
    "TransportError",
    "TruncatedError",
    "UnreadableReplyError",
    "Upload",
    "UploadError",
    "Usage",
    "User",
    "Vault",
    "VaultError",
    "VaultObject",
    "VaultServerError",
    "VaultioError",
    "VersionNumber",
    "WrongVaultError",
]

if not TYPE_CHECKING:  # or checkers would take any name for one of these

    def __getattr__(name: str) -> Any:
        """Import what is asked for the first time; whatever else is public is a model."""
        if name in _PARTS:
            return import_module(f"{__name__}.{name}")
        if name not in __all__:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        found = getattr(import_module(f"{__name__}.{_HOME_OF.get(name, 'models')}"), name)
        globals()[name] = found  # from now on it is there like any other
        return found


def __dir__() -> list[str]:
    """List what is there and what can be."""
    return sorted({*globals(), *_PARTS, *__all__})
