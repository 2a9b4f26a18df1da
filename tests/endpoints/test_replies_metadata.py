"""The reference's own example answers about metadata, picklists and policies."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from tests.endpoints.test_replies import replayed
from vaultio import Picklist, PicklistValue
from vaultio.models import (
    AuthenticationType,
    DomainVault,
    ObjectLink,
    PicklistUse,
    SecurityPolicyDetails,
)

METADATA = "https://{CUSTOMER}.veevavault.com/api/v11.0/metadata/objects/documents"


async def test_api_resources(tmp_path: Path) -> None:
    """The URLs come as printed, one of them of an older version."""
    resources = await replayed("retrieve_api_resources", tmp_path)

    assert list(resources) == ["documents", "users", "groups", "securitypolicies", "vobjects"]
    assert resources["documents"].endswith("/api/v8.0/metadata/objects/documents/types")


async def test_domain(tmp_path: Path) -> None:
    """The vaults of a domain have texts for ids."""
    domain = await replayed("retrieve_domain_information", tmp_path)

    assert (domain.name, domain.type) == ("customer.com", "Sandbox")
    assert domain.vaults[0] == DomainVault(
        id="4621", name="Customer Promos", status="Active", application="PromoMats"
    )


async def test_document_types(tmp_path: Path) -> None:
    """A type's name is the last part of its URL."""
    types = await replayed("retrieve_all_document_types", tmp_path)

    names = ["base_document__v", "claim__vs", "promotional_piece__vs"]
    assert [one.name for one in types] == names


async def test_document_metadata_root(tmp_path: Path) -> None:
    """The types come with the URL of the lock's metadata beside them."""
    root = await replayed("retrieve_all_document_types_alias", tmp_path)

    assert [one.label for one in root.types] == ["Base Document"]
    assert root.lock_url == f"{METADATA}/lock"


async def test_relationships_of_a_type(tmp_path: Path) -> None:
    """Both ends of a relationship may be one version; the object of a field is told."""
    relationships = await replayed("retrieve_document_type_relationships", tmp_path)

    created_by = relationships.properties[1]
    _, references = relationships.types
    assert (created_by.name, created_by.object) == ("created_by__v", "users")
    assert (references.name, references.source_version_specific) == ("references__vs", True)
    assert [one.name for one in references.target_types] == [
        "trial_management__vs",
        "country_master_file__v",
    ]


async def test_lock(tmp_path: Path) -> None:
    """A time has an object type too, whatever the table says."""
    lock = await replayed("retrieve_document_lock_metadata", tmp_path)

    assert lock.name == "lock"
    assert [(one.name, one.type, one.object_type) for one in lock.properties] == [
        ("locked_by__v", "ObjectReference", "User"),
        ("locked_date__v", "DateTime", "DateTime"),
    ]


async def test_event_types(tmp_path: Path) -> None:
    """A type has subtypes with the URLs of their metadata."""
    (distribution,) = await replayed("retrieve_document_event_types", tmp_path)

    assert (distribution.name, distribution.label) == ("distribution__v", "Distribution Event")
    assert [one.label for one in distribution.subtypes] == [
        "Approved Email",
        "Controlled Copy",
        "CRM",
    ]


async def test_picklists(tmp_path: Path) -> None:
    """Two keys of errors that are null are no errors; what is left out is false or empty."""
    audience, language, regions, license_type = await replayed("retrieve_all_picklists", tmp_path)

    use = PicklistUse(object_name="product__v", property_name="regions__c")
    assert regions == Picklist(name="regions__c", label="Regions", kind="object", used_in=(use,))
    assert (audience.system, language.system) == (False, True)
    assert (license_type.kind, license_type.used_in) == ("user", ())


async def test_picklist_values(tmp_path: Path) -> None:
    """Values have a name and a label, when they are made and when they are changed too."""
    values = await replayed("retrieve_picklist_values", tmp_path)
    created = await replayed("create_picklist_values", tmp_path)
    updated = await replayed("update_picklist_value_label", tmp_path)

    assert values[1] == PicklistValue(name="asia_pacific__c", label="Asia Pacific")
    assert [one.name for one in created][:2] == ["north_america__c", "central_america__c"]
    assert updated == (PicklistValue(name="north_america__c", label="North America/United States"),)


async def test_picklist_value_renamed_and_deleted(tmp_path: Path) -> None:
    """What is left to know after either is nothing."""
    assert await replayed("update_picklist_value_name", tmp_path) is None
    assert await replayed("delete_picklist_value", tmp_path) is None


async def test_security_policies(tmp_path: Path) -> None:
    """A policy's id is a text that Vault calls a name."""
    policies = await replayed("retrieve_all_security_policies", tmp_path)

    assert [(one.id, one.label) for one in policies] == [
        ("821", "Basic"),
        ("958", "Default"),
        ("957", "High Security"),
    ]


async def test_security_policy(tmp_path: Path) -> None:
    """Every setting of the example is where it belongs, and none is left over."""
    policy = await replayed("retrieve_security_policy", tmp_path)

    settings = policy.settings
    assert policy.details == SecurityPolicyDetails(
        id="1722",
        label="SFDC Users Policy",
        description="A sample security policy.",
        is_active=True,
    )
    assert settings.authentication_type == AuthenticationType(name="Password", label="Password")
    assert (settings.min_password_length, settings.password_expiration) == (10, 90)
    assert (settings.allow_delegated_auth_sfdc, settings.fields) == (True, {})


async def test_workflow_metadata(tmp_path: Path) -> None:
    """Labels of values may come twice, and both are kept."""
    name, initiator, kind = await replayed("retrieve_workflow_metadata", tmp_path)

    assert (name.name, name.length) == ("workflow_name__v", 255)
    assert (initiator.type, initiator.object) == ("ObjectReference", "User")
    assert [one.label for one in kind.values] == [
        "Standard",
        "Read and Understood",
        "Read and Understood",
    ]


async def test_objects_in_all_languages(tmp_path: Path) -> None:
    """Texts come by language where they are configured; an order that is not told is None."""
    product, site = await replayed("retrieve_object_collection", tmp_path)

    assert product.localized["label"] == {"de": "Produkt", "pt_BR": "Produto", "ja": "製品"}
    assert (product.order, product.url) == (2, "/api/v11.0/metadata/vobjects/product__v")
    assert (site.order, site.localized, site.status) == (None, {}, ("active__v",))


async def test_object_field(tmp_path: Path) -> None:
    """A field that leads to another object names it; times are in UTC."""
    field = await replayed("retrieve_object_field", tmp_path)

    assert field.object == ObjectLink(
        name="study__v",
        label="Study",
        label_plural="Studies",
        prefix="0ST",
        url="/api/v10.0/metadata/vobjects/study__v",
    )
    assert (field.relationship_type, field.relationship_inbound_name) == ("parent", "sites__vr")
    assert field.created_date == datetime(2014, 4, 25, 1, 13, 3, tzinfo=UTC)
