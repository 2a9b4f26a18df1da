"""The fields of users and of groups, and how values for them are checked."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from attrs import frozen

from vaultio.sandbox.failures import RefusedError, invalid, missing
from vaultio.sandbox.stores.users import SECURITY_PROFILES

_LARGEST_ID = 2**63


@frozen(kw_only=True)
class AccountField:
    """One field. *length* None where the reference shows none; *values* are those allowed."""

    name: str
    type: str = "String"
    length: int | None = None
    object: str | None = None
    required: bool = False
    editable: bool = True
    on_create: bool = True
    queryable: bool = True
    multivalue: bool = False
    values: tuple[str, ...] = ()

    def describe(self) -> dict[str, Any]:
        """Return the field as the metadata shows it."""
        shown: dict[str, Any] = {"name": self.name, "type": self.type}
        if self.length is not None:
            shown["length"] = self.length
        if self.object is not None:
            shown["object"] = self.object
        shown |= {
            "editable": self.editable,
            "queryable": self.queryable,
            "required": self.required,
            "multivalue": self.multivalue,
            "onCreateEditable": self.on_create,
        }
        if self.values:
            shown["values"] = [{"name": value, "label": value} for value in self.values]
        return shown

    def read(self, text: str) -> Any:
        """Read a value of a form, or refuse it."""
        if self.type == "Boolean":
            if text.lower() not in ("true", "false"):
                raise self._refusal(text)
            return text.lower() == "true"
        if self.multivalue:
            return [self._single(item.strip()) for item in text.split(",")] if text else []
        return self._single(text) if text else text

    def _single(self, text: str) -> Any:
        if self.object == "Securityprofile":
            if text not in SECURITY_PROFILES:
                raise self._refusal(text)
        elif self.object is not None:
            if not text.isascii() or not text.isdigit() or int(text) >= _LARGEST_ID:
                raise self._refusal(text)
            return int(text)
        if self.length and len(text) > self.length:
            raise invalid(f"The value of [{self.name}] is longer than {self.length} characters.")
        return text

    def _refusal(self, text: str) -> RefusedError:
        return invalid(f"Invalid value [{text}] specified for parameter [{self.name}]")


def read_fields(
    known: tuple[AccountField, ...], form: Mapping[str, str], *, creating: bool
) -> dict[str, Any]:
    """Read the values of a form, or refuse what is missing, unknown or not for the caller."""
    by_name = {one.name: one for one in known}
    for name in form:
        if name not in by_name:
            raise RefusedError("ATTRIBUTE_NOT_SUPPORTED", f"Attribute [{name}] is not supported.")
        if not (by_name[name].on_create if creating else by_name[name].editable):
            raise invalid(f"The field [{name}] cannot be set.")
    for one in known:
        # Required also marks what Vault sets itself; only what can be set must be.
        wanted = one.required and (one.on_create if creating else one.name in form)
        if wanted and not form.get(one.name, "").strip():
            raise missing(one.name)
    return {name: by_name[name].read(text) for name, text in form.items()}


def _managed(name: str, kind: str, **more: Any) -> AccountField:
    """Describe a field that Vault sets itself."""
    return AccountField(name=name, type=kind, editable=False, on_create=False, **more)


def _required(name: str, **more: Any) -> AccountField:
    return AccountField(name=name, required=True, **more)


def _reference(name: str, target: str, **more: Any) -> AccountField:
    return AccountField(name=name, type="ObjectReference", object=target, **more)


def _optional_texts(*names: str) -> list[AccountField]:
    return [AccountField(name=name, queryable=name != "alias__v") for name in names]


USER_FIELDS = (
    _managed("id", "ID", required=True),
    _required("user_name__v", length=255),
    _required("user_email__v"),
    _required("user_first_name__v", length=100),
    _required("user_last_name__v"),
    _required("user_language__v", values=("en", "de", "fr", "ja")),
    _required("user_timezone__v", values=("America/New_York", "America/Denver", "Europe/Vienna")),
    _required("user_locale__v", values=("en_US", "de_AT", "fr_FR", "ja_JP")),
    _reference("security_policy_id__v", "Securitypolicy", required=True),
    _managed("vault_id__v", "ObjectReference", object="vaults", multivalue=True, queryable=False),
    _reference("security_profile__v", "Securityprofile", values=SECURITY_PROFILES),
    AccountField(name="license_type__v", type="Picklist"),
    AccountField(name="active__v", type="Boolean"),
    *_optional_texts("company__v", "user_title__v", "alias__v", "site__v"),
    *_optional_texts("office_phone__v", "mobile_phone__v", "fax__v"),
    AccountField(name="user_needs_to_change_password__v", type="Boolean"),
    # As of API v8.0 this one cannot be set when creating a user.
    AccountField(name="domain_active__v", type="Boolean", on_create=False),
    AccountField(name="is_domain_admin__v", type="Boolean"),
    _managed("domain_id__v", "ObjectReference", object="domains"),
    *_optional_texts("federated_id__v", "salesforce_user_name__v", "medidata_uuid__v"),
    _managed("group_id__v", "ObjectReference", object="groups", multivalue=True, queryable=False),
    _managed("created_date__v", "Calendar"),
    _managed("created_by__v", "ObjectReference", object="users"),
    _managed("modified_date__v", "Calendar"),
    _managed("modified_by__v", "ObjectReference", object="users"),
    _managed("last_login__v", "Calendar"),
)

_STAMPS = tuple(
    field
    for moment in ("created", "modified")
    for field in (
        _managed(f"{moment}_date__v", "Calendar", length=0, required=True),
        _managed(f"{moment}_by__v", "ObjectReference", length=20, object="users", required=True),
    )
)
_LIST: dict[str, Any] = {"multivalue": True, "queryable": False}

GROUP_FIELDS = (
    _managed("id", "id", length=20, required=True),
    _required("label__v", length=255),
    AccountField(name="group_description__v", length=200),
    _managed("system_group__v", "Boolean", length=1),
    *_STAMPS,
    _reference("members__v", "users", length=20, required=True, **_LIST),
    _managed("implied_members__v", "ObjectReference", length=20, object="users", **_LIST),
    _reference("security_profiles__v", "Securityprofile", length=40, **_LIST),
    AccountField(name="active__v", type="Boolean", length=1, required=True, on_create=False),
    _managed("name__v", "String", length=40, required=True),
)
