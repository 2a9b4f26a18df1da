"""Objects and their fields."""

from __future__ import annotations

import pytest

from tests.endpoints.recording import recorded
from vaultio import NotFoundError, Vault
from vaultio.sandbox import Sandbox

STUDY = {
    "type": "Object",
    "object": {"name": "study__v"},
    "relationship_type": "parent",
    "relationship_inbound_name": "sites__vr",
    "relationship_outbound_name": "study__vr",
    "localized_data": {"label": {"de": "Studie"}},
}


@pytest.fixture
def sandbox(sandbox: Sandbox) -> Sandbox:
    """Return the sandbox with studies and their sites."""
    sandbox.records.add_object("study__v", label="Study", label_plural="Studies")
    sandbox.records.add_object("site__v", label="Study Site", allow_attachments=False)
    sandbox.records["site__v"].field_details["study__v"] = STUDY
    sandbox.records["study__v"].localized["label"] = {"de": "Studie", "fr": "Étude"}
    return sandbox


async def test_retrieve_all(vault: Vault) -> None:
    """The list is brief: it has neither fields nor URLs."""
    study, site = await vault.objects.retrieve_all()

    assert (study.name, study.label_plural, site.name) == ("study__v", "Studies", "site__v")
    assert (study.takes_attachments, site.takes_attachments) == (True, False)
    assert (study.object_fields, study.urls) == ((), {})


async def test_texts_in_all_languages(sandbox: Sandbox) -> None:
    """They come if they are asked for, and where there are any."""
    async with recorded(sandbox) as (vault, recorder):
        plain = await vault.objects.retrieve("study__v")
        study, site = await vault.objects.retrieve_all(localized=True)
        field = await vault.objects.retrieve_field("site__v", "study__v", localized=True)

    assert (plain.localized, site.localized) == ({}, {})
    assert study.localized == {"label": {"de": "Studie", "fr": "Étude"}}
    assert field.localized == {"label": {"de": "Studie"}}
    assert [str(one.url.params) for one in recorder.requests] == ["", "loc=true", "loc=true"]


async def test_relationships(vault: Vault) -> None:
    """A field that leads to an object is known at both ends."""
    (inbound,) = (await vault.objects.retrieve("study__v")).relationships
    (outbound,) = (await vault.objects.retrieve("site__v")).relationships

    assert inbound.object is not None
    assert (inbound.type, inbound.name, inbound.object.name) == ("child", "sites__vr", "site__v")
    assert (outbound.type, outbound.field) == ("reference_outbound", "study__v")


async def test_fields(vault: Vault) -> None:
    """An object has the same of a field as the field itself."""
    site = await vault.objects.retrieve("site__v")

    field = await vault.objects.retrieve_field("site__v", "study__v")

    assert field in site.object_fields
    assert field.object is not None
    assert (field.type, field.object.label_plural) == ("Object", "Studies")


async def test_unknown_field(vault: Vault) -> None:
    """A field that the object does not have is named."""
    with pytest.raises(NotFoundError, match=r"The resource \[no__c\] does not exist"):
        await vault.objects.retrieve_field("site__v", "no__c")
