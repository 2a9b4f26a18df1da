"""What changes attachments: written once, served for documents and for object records."""

from __future__ import annotations

from collections.abc import Callable

import attrs

from vaultio.sandbox.call import Call
from vaultio.sandbox.failures import RefusedError, invalid, missing
from vaultio.sandbox.rooms.attachments import SINCE, Owner, of_document, of_record
from vaultio.sandbox.routing import JSON, Routes

routes = Routes()
LONGEST_DESCRIPTION = 1000


class AttachmentChanges:
    """The operations that change the attachments of whatever *find* returns."""

    def __init__(self, find: Callable[[Call], Owner]) -> None:
        self._find = find

    def register(self, root: str) -> None:
        """Serve everything below *root*, the path of the attachments."""
        one = f"{root}/{{attachment_id}}"
        version = f"{one}/versions/{{attachment_version}}"
        for method, path, operation in (
            ("POST", root, self.add),
            ("PUT", one, self.update),
            ("DELETE", one, self.delete),
            ("POST", version, self.restore),
            ("DELETE", version, self.delete_version),
        ):
            routes.add(method, path, operation, SINCE)

    async def add(self, call: Call) -> JSON:
        """Add a file, or the next version of one with that name; the same bytes add nothing."""
        owner = self._find(call)
        owner.require_enabled()
        file = (await call.form()).files.get("file")
        if file is None:
            raise missing("file")
        most = call.sandbox.settings.max_attachment_bytes
        if file.content.size > most:
            raise RefusedError(
                "OPERATION_NOT_ALLOWED",
                f"Cannot add an attachment : maximum attachment file size exceeds max [{most}]",
            )
        added = owner.attachments.add(file.name, file.content, created_by=call.user.id)
        latest = owner.attachments.find(str(added)).latest
        return {"data": {"id": str(added), "version__v": latest.number}}

    async def update(self, call: Call) -> JSON:
        """Describe the latest version anew."""
        owner = self._find(call)
        owner.require_enabled()
        attachment = owner.attachments.find(call.ids["attachment_id"])
        text = (await call.form()).values.get("description__v")
        if text is None:
            raise missing("description__v")
        if len(text) > LONGEST_DESCRIPTION:
            raise invalid(
                f"Invalid value [{text}] specified for parameter [description__v] : "
                f"string exceeds max length [{LONGEST_DESCRIPTION}]"
            )
        attachment.versions[-1] = attrs.evolve(attachment.latest, description=text or None)
        return {}

    async def delete(self, call: Call) -> JSON:
        """Delete an attachment with all its versions."""
        attachments = self._find(call).attachments
        attachments.delete(attachments.find(call.ids["attachment_id"]).id)
        return {}

    async def restore(self, call: Call) -> JSON:
        """Make an old version the latest."""
        owner = self._find(call)
        owner.require_enabled()
        attachment = owner.attachments.find(call.ids["attachment_id"])
        version = attachment.version(call.ids["attachment_version"])
        if not call.flag("restore"):
            raise RefusedError("PARAMETER_REQUIRED", "Missing required parameter [restore]")
        number = owner.attachments.restore(attachment, version, call.user.id)
        return {"data": {"id": str(attachment.id), "version__v": number}}

    async def delete_version(self, call: Call) -> JSON:
        """Delete one version."""
        attachments = self._find(call).attachments
        attachment = attachments.find(call.ids["attachment_id"])
        attachments.delete_version(attachment, attachment.version(call.ids["attachment_version"]))
        return {}


AttachmentChanges(of_document).register("/objects/documents/{doc_id}/attachments")
AttachmentChanges(of_record).register("/vobjects/{object_name}/{record_id}/attachments")
