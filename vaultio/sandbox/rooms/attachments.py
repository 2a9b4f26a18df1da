"""Attachments: written once, served for documents and for object records."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from attrs import frozen

from vaultio.sandbox.call import OCTET_STREAM, Call, file_reply
from vaultio.sandbox.content import Content, ZipContent
from vaultio.sandbox.failures import RefusedError, not_found
from vaultio.sandbox.routing import JSON, Routes
from vaultio.sandbox.stores.attachments import Attachment, Attachments, AttachmentVersion
from vaultio.sandbox.wire import SandboxReply

routes = Routes()
SINCE = "v11.0"


@frozen
class Owner:
    """What has the attachments of a call: its path below the API, and the archive's name."""

    path: tuple[object, ...]
    attachments: Attachments
    archive_name: str
    enabled: bool = True

    def require_enabled(self) -> None:
        """Refuse to change attachments where there may be none."""
        if not self.enabled:
            raise RefusedError("MALFORMED_URL", "The resource is not enabled for attachments")


def of_document(call: Call) -> Owner:
    """Find the document of a call, or refuse."""
    document = call.sandbox.documents.find(call.ids["doc_id"])
    version = document.latest.number
    name = f"Document {document.number} (v{version}) - attachments.zip"
    path = ("objects", "documents", document.id)
    return Owner(path, document.attachments, name, document.attachments_enabled)


def of_record(call: Call) -> Owner:
    """Find the object record of a call, or refuse."""
    vault_object = call.sandbox.records.find_object(call.ids["object_name"])
    record = vault_object.records.get(call.ids["record_id"])
    if record is None:
        raise not_found(call.ids["record_id"])
    name = f"{vault_object.label} {record.name} - attachments.zip"
    path = ("vobjects", vault_object.name, record.id)
    return Owner(path, record.attachments, name, vault_object.allow_attachments)


class AttachmentRoutes:
    """The operations on the attachments of whatever *find* returns."""

    def __init__(self, find: Callable[[Call], Owner]) -> None:
        self._find = find

    def register(self, root: str) -> None:
        """Serve everything below *root*, the path of the attachments."""
        one = f"{root}/{{attachment_id}}"
        for path, operation in (
            (root, self.list_all),
            (f"{root}/file", self.download_all),
            (one, self.retrieve),
            (f"{one}/file", self.download),
            (f"{one}/versions", self.list_versions),
            # The reference prints both words.
            (f"{one}/versions/{{attachment_version}}", self.retrieve_version),
            (f"{one}/version/{{attachment_version}}", self.retrieve_version),
            (f"{one}/versions/{{attachment_version}}/file", self.download_version),
            (f"{one}/version/{{attachment_version}}/file", self.download_version),
        ):
            routes.add("GET", path, operation, SINCE)

    async def list_all(self, call: Call) -> JSON:
        """Describe all attachments."""
        owner = self._find(call)
        return {"data": [_describe(call, owner, one) for one in owner.attachments]}

    async def retrieve(self, call: Call) -> JSON:
        """Describe one attachment, in a list of one."""
        owner = self._find(call)
        attachment = owner.attachments.find(call.ids["attachment_id"])
        return {"data": [_describe(call, owner, attachment)]}

    async def list_versions(self, call: Call) -> JSON:
        """List the versions of one attachment with their addresses."""
        owner = self._find(call)
        attachment = owner.attachments.find(call.ids["attachment_id"])
        return {"data": _version_links(call, owner, attachment)}

    async def retrieve_version(self, call: Call) -> JSON:
        """Describe one version of one attachment, in a list of one."""
        attachment = self._find(call).attachments.find(call.ids["attachment_id"])
        version = attachment.version(call.ids["attachment_version"])
        return {"data": [_describe_version(attachment, version)]}

    async def download(self, call: Call) -> SandboxReply:
        """Download the latest version."""
        attachments = self._find(call).attachments
        attachments.require_any()
        return _file(call, attachments.find(call.ids["attachment_id"]).latest)

    async def download_version(self, call: Call) -> SandboxReply:
        """Download one version."""
        attachments = self._find(call).attachments
        attachments.require_any()
        attachment = attachments.find(call.ids["attachment_id"])
        return _file(call, attachment.version(call.ids["attachment_version"]))

    async def download_all(self, call: Call) -> SandboxReply:
        """Download the latest version of every attachment in one archive."""
        owner = self._find(call)
        owner.attachments.require_any()
        files = [(one.latest.name, one.latest.content) for one in owner.attachments]
        return file_reply(call, ZipContent(_unique(files)), owner.archive_name)


def _unique(files: Iterable[tuple[str, Content]]) -> list[tuple[str, Content]]:
    seen: dict[str, Content] = {}
    for name, content in files:
        free = name
        while free in seen:
            free = f"_{free}"
        seen[free] = content
    return list(seen.items())


def _file(call: Call, version: AttachmentVersion) -> SandboxReply:
    own = call.sandbox.settings.attachment_type == "own"
    media_type = version.media_type if own else OCTET_STREAM
    return file_reply(call, version.content, version.name, media_type)


def _version_links(call: Call, owner: Owner, attachment: Attachment) -> list[JSON]:
    root = (*owner.path, "attachments", attachment.id, "versions")
    return [
        {"version__v": version.number, "url": call.url(*root, version.number)}
        for version in attachment.versions
    ]


def _describe_version(attachment: Attachment, version: AttachmentVersion) -> JSON:
    said = {} if version.description is None else {"description__v": version.description}
    return {
        "id": attachment.id,
        "filename__v": version.name,
        **said,
        "format__v": version.media_type,
        "size__v": version.content.size,
        "md5checksum__v": version.content.md5,
        "version__v": version.number,
        "created_by__v": version.created_by,
        "created_date__v": version.created,
    }


def _describe(call: Call, owner: Owner, attachment: Attachment) -> JSON:
    return {
        **_describe_version(attachment, attachment.latest),
        "versions": _version_links(call, owner, attachment),
    }


AttachmentRoutes(of_document).register("/objects/documents/{doc_id}/attachments")
AttachmentRoutes(of_record).register("/vobjects/{object_name}/{record_id}/attachments")
