"""What a request is called where it is told of: an operation's name, and its path without ids.

Names are those of the coroutines, ``documents.version.renditions.download``; where several send
the same method and path (the creates of documents) it is that of the first.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache, lru_cache
from urllib.parse import urlsplit

from attrs import define, field, frozen

OTHER = "request"
"""The name of what is in no list: a call by `Vault.request`, or a link of Vault's."""

_OWNERS = {
    "documents": "objects/documents/{doc_id}",
    "documents.version": "objects/documents/{doc_id}/versions/{major}/{minor}",
    "binders": "objects/binders/{binder_id}",
    "binders.version": "objects/binders/{binder_id}/versions/{major}/{minor}",
    "object_records": "vobjects/{object_name}/{record_id}",
}
_PARTS = """
annotations GET download POST upload
attachments GET retrieve_all POST add
attachments/file GET download_all
attachments/{attachment_id} GET retrieve PUT update_description DELETE delete
attachments/{attachment_id}/file GET download
attachments/{attachment_id}/versions GET retrieve_versions
attachments/{attachment_id}/versions/{version} GET retrieve_version POST restore_version
attachments/{attachment_id}/versions/{version} DELETE delete_version
attachments/{attachment_id}/versions/{version}/file GET download_version
documents POST add
documents/{node_id} PUT move DELETE remove
documents/{node_id}/binding_rule PUT update_binding_rule
lifecycle_actions GET retrieve_all
lifecycle_actions/{lifecycle_action} PUT initiate
lifecycle_actions/{lifecycle_action}/entry_requirements GET retrieve_entry_requirements
lock GET retrieve POST create DELETE delete
relationships GET retrieve_all POST create
relationships/{relationship_id} GET retrieve DELETE delete
renditions GET retrieve_all
renditions/{rendition_type} GET download POST upload PUT replace DELETE delete
roles GET retrieve_all POST assign
roles/{role_name} GET retrieve
roles/{role_name}.group/{group_id} DELETE delete_group
roles/{role_name}.user/{user_id} DELETE delete_user
sections GET retrieve_all POST create
sections/{section_node_id} GET retrieve PUT update DELETE delete
sections/{section_node_id}/binding_rule PUT update_binding_rule
"""
_OTHERS = """
objects/documents GET documents.retrieve_all POST documents.create
objects/documents/batch POST documents.create_many PUT documents.update_many
objects/documents/batch DELETE documents.delete_many
objects/documents/renditions/batch POST documents.add_many_renditions
objects/documents/renditions/batch DELETE documents.delete_many_renditions
objects/documents/roles/batch POST documents.assign_many_roles DELETE documents.remove_many_roles
objects/documents/versions/batch POST documents.add_many_versions
objects/documents/versions/batch DELETE documents.delete_many_versions
objects/documents/{doc_id} GET documents.retrieve PUT documents.update DELETE documents.delete
objects/documents/{doc_id} POST documents.content.update
objects/documents/{doc_id}/file GET documents.download
objects/documents/{doc_id}/events GET document_events.retrieve_all
objects/documents/{doc_id}/versions GET documents.retrieve_versions
objects/documents/{doc_id}/versions/{major}/{minor} GET documents.version.retrieve
objects/documents/{doc_id}/versions/{major}/{minor} PUT documents.version.update
objects/documents/{doc_id}/versions/{major}/{minor} DELETE documents.version.delete
objects/documents/{doc_id}/versions/{major}/{minor}/events POST document_events.log
objects/documents/{doc_id}/versions/{major}/{minor}/file GET documents.version.download
objects/documents/actions/{action}/{job_id}/results GET controlled_copies.download_results
objects/binders POST binders.create
objects/binders/{binder_id} GET binders.retrieve PUT binders.update DELETE binders.delete
objects/binders/{binder_id} POST binders.create_draft
objects/binders/{binder_id}/binding_rule PUT binders.update_binding_rule
objects/binders/{binder_id}/versions GET binders.retrieve_versions
objects/binders/{binder_id}/versions/{major}/{minor} GET binders.version.retrieve
objects/binders/{binder_id}/versions/{major}/{minor} PUT binders.version.update
objects/binders/{binder_id}/versions/{major}/{minor} DELETE binders.version.delete
objects/domain GET domain.retrieve
objects/groups GET groups.retrieve_all POST groups.create
objects/groups/{group_id} GET groups.retrieve PUT groups.update DELETE groups.delete
objects/picklists GET picklists.retrieve_all
objects/picklists/{picklist} GET picklists.retrieve_values POST picklists.create_values
objects/picklists/{picklist} PUT picklists.update_labels
objects/picklists/{picklist}/{value} PUT picklists.update_name DELETE picklists.delete_value
objects/securitypolicies GET security_policies.retrieve_all
objects/securitypolicies/{security_policy_id} GET security_policies.retrieve
objects/users GET users.retrieve_all POST users.create
objects/users/{user_id} GET users.retrieve PUT users.update DELETE users.disable
objects/users/{user_id}/password POST users.change_password
objects/users/{user_id}/vault_membership/{vault_id} PUT users.update_vault_membership
vobjects/{object_name} GET object_records.retrieve_all POST object_records.create_many
vobjects/{object_name} PUT object_records.update_many DELETE object_records.delete_many
vobjects/{object_name}/{record_id} GET object_records.retrieve DELETE object_records.delete
metadata/objects GET api_metadata.retrieve_resources
metadata/objects/documents GET document_metadata.retrieve_root
metadata/objects/documents/events GET document_events.retrieve_types
metadata/objects/documents/events/{event_type} GET document_events.retrieve_type
metadata/objects/documents/events/{event_type}/types/{subtype} GET document_events.retrieve_subtype
metadata/objects/documents/lock GET document_metadata.retrieve_lock
metadata/objects/documents/properties GET document_metadata.retrieve_fields
metadata/objects/documents/properties/find_common POST document_metadata.find_common_fields
metadata/objects/documents/types GET document_metadata.retrieve_types
metadata/objects/documents/types/{type} GET document_metadata.retrieve_type
metadata/objects/documents/types/{type}/relationships GET document_metadata.retrieve_relationships
metadata/objects/documents/types/{type}/subtypes/{subtype} GET document_metadata.retrieve_subtype
metadata/objects/groups GET groups.retrieve_metadata
metadata/objects/securitypolicies GET security_policies.retrieve_metadata
metadata/objects/users GET users.retrieve_metadata
metadata/objects/workflows GET workflows.retrieve_metadata
metadata/vobjects GET objects.retrieve_all
metadata/vobjects/{object_name} GET objects.retrieve
metadata/vobjects/{object_name}/fields/{field_name} GET objects.retrieve_field
query POST query
query/{page} GET query
services/jobs/{job_id} GET jobs.retrieve
auth POST session.log_in
session DELETE session.log_out
keep-alive POST session.keep_alive
"""
_LONG = {
    "document_metadata.retrieve_classification": "metadata/objects/documents/types/{type}"
    "/subtypes/{subtype}/classifications/{classification}",
    "documents.version.download_thumbnail": "objects/documents/{doc_id}/versions/{major}/{minor}"
    "/thumbnail",
}


@frozen
class Operation:
    """What a request is: its name, and the path below ``/api/{version}/`` with names for ids."""

    name: str
    template: str


@define
class _Place:
    """A segment of a path: what may come after it, and what it is called by method."""

    below: dict[str, _Place] = field(factory=dict)
    names: dict[str, str] = field(factory=dict)
    template: str = ""

    def next(self, segment: str) -> _Place | None:
        """Go one segment on: to its own name, to one with its ending, or to any."""
        if segment in self.below:
            return self.below[segment]
        for written, place in self.below.items():
            begin, _, ending = written.partition("}")
            if begin.startswith("{") and ending and segment.endswith(ending):
                return place
        return next((one for name, one in self.below.items() if name[-1:] == "}"), None)


@lru_cache(maxsize=4096)
def operation_of(method: str, path: str) -> Operation:
    """Name a request by its method and path, which may be a link as Vault gives them.

    What is not known is `OTHER`, with as much of the path as is.

    >>> operation_of("GET", "objects/documents/773/file")
    Operation(name='documents.download', template='objects/documents/{doc_id}/file')
    >>> operation_of("GET", "objects/documents/773/unheard/of")
    Operation(name='request', template='objects/documents/{doc_id}/…')
    """
    place = _tree()
    for segment in filter(None, _below_version(path).split("/")):
        following = place.next(segment)
        if following is None:
            return Operation(OTHER, f"{place.template}/…".lstrip("/"))
        place = following
    return Operation(place.names.get(method, OTHER), place.template)


def _below_version(path: str) -> str:
    """Take what stands behind ``/api/v24.3/``; a path of ours is that already."""
    bare = urlsplit(path).path if path.startswith(("/", "http")) else path
    if not bare.startswith("/api/"):
        return bare
    first, _, rest = bare.removeprefix("/api/").partition("/")
    is_version = first.startswith("v") and first[1:2].isdigit()
    return rest if is_version else bare.removeprefix("/api/")


@cache
def _tree() -> _Place:
    tree = _Place(names={"GET": "api_metadata.retrieve_versions"})
    for template, method, name in _lines():
        place = tree
        for segment in template.split("/"):
            below = f"{place.template}/{segment}".lstrip("/")
            place = place.below.setdefault(segment, _Place(template=below))
        place.names[method] = name
    return tree


def _lines() -> Iterator[tuple[str, str, str]]:
    """List template, method and name of all operations; the parts of an owner anew for each."""
    yield from ((template, "GET", name) for name, template in _LONG.items())
    for line in filter(None, _OTHERS.splitlines()):
        template, *pairs = line.split()
        yield from ((template, *pair) for pair in zip(pairs[::2], pairs[1::2], strict=True))
    for line in filter(None, _PARTS.splitlines()):
        part, *pairs = line.split()
        room = part.partition("/")[0]
        for owner, path in _OWNERS.items():
            for method, name in zip(pairs[::2], pairs[1::2], strict=True):
                yield f"{path}/{part}", method, f"{owner}.{room}.{name}"
