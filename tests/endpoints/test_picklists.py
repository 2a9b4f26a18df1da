"""Picklists: values made, changed and deleted."""

from __future__ import annotations

from typing import Any

import pytest

from tests.endpoints.recording import recorded
from vaultio import (
    InvalidArgumentError,
    InvalidDataError,
    NotAllowedError,
    NotFoundError,
    OutcomeUnknownError,
    ParameterRequiredError,
    Vault,
)
from vaultio.sandbox import Fault, Sandbox

REGIONS = "regions__c"


async def test_retrieve_all(vault: Vault) -> None:
    """Picklists say what they are for, and which fields use them."""
    picklists = {one.name: one for one in await vault.picklists.retrieve_all()}

    assert picklists["language__v"].system
    (use,) = picklists[REGIONS].used_in
    assert (use.object_name, use.property_name) == ("product__v", REGIONS)


async def test_create_values(sandbox: Sandbox) -> None:
    """Labels go out numbered, and come back with the names that Vault made."""
    async with recorded(sandbox) as (vault, recorder):
        created = await vault.picklists.create_values(REGIONS, ["North America", "Near, & Far"])
        values = await vault.picklists.retrieve_values(REGIONS)

    assert recorder.requests[0].content == b"value_1=North+America&value_2=Near%2C+%26+Far"
    assert [one.name for one in created] == ["north_america__c", "near_far__c"]
    assert values[-2:] == created


async def test_update_labels(vault: Vault) -> None:
    """Only what was changed comes back, under the name that it had."""
    updated = await vault.picklists.update_labels(REGIONS, {"europe__c": "Europe & UK"})

    assert [(one.name, one.label) for one in updated] == [("europe__c", "Europe & UK")]
    assert (await vault.picklists.retrieve_values(REGIONS))[0] == updated[0]


async def test_update_name(vault: Vault) -> None:
    """Vault adds the suffix; the label stays."""
    await vault.picklists.update_name(REGIONS, "europe__c", new="old_world")

    first = (await vault.picklists.retrieve_values(REGIONS))[0]
    assert (first.name, first.label) == ("old_world__c", "Europe")


async def test_delete_value(vault: Vault) -> None:
    """A value that was deleted is gone, and cannot be deleted again."""
    await vault.picklists.delete_value(REGIONS, "europe__c")

    assert len(await vault.picklists.retrieve_values(REGIONS)) == 3
    with pytest.raises(NotFoundError, match="europe__c"):
        await vault.picklists.delete_value(REGIONS, "europe__c")


@pytest.mark.parametrize(
    ("method", "arguments"),
    [
        ("create_values", ([],)),
        ("create_values", ("Europe",)),
        ("update_labels", ({},)),
    ],
)
async def test_nothing_to_set(vault: Vault, method: str, arguments: tuple[Any]) -> None:
    """No label, or one where several belong, is refused unsent."""
    with pytest.raises(InvalidArgumentError):
        await getattr(vault.picklists, method)(REGIONS, *arguments)


async def test_name_with_its_suffix(vault: Vault) -> None:
    """A name with the suffix would get a second one."""
    with pytest.raises(InvalidArgumentError, match="without __c"):
        await vault.picklists.update_name(REGIONS, "europe__c", new="old_world__c")


@pytest.mark.parametrize(
    ("method", "path", "form", "expected"),
    [
        ("GET", "no__c", None, NotFoundError),
        ("POST", REGIONS, {"value_1": "Europe"}, InvalidDataError),
        ("POST", REGIONS, {"label": "X"}, InvalidDataError),
        ("POST", REGIONS, {f"value_{n}": f"v{n}" for n in range(1024)}, NotAllowedError),
        ("PUT", REGIONS, {}, ParameterRequiredError),
        ("PUT", REGIONS, {"no__c": "X"}, InvalidDataError),
        ("PUT", f"{REGIONS}/europe__c", {}, ParameterRequiredError),
        ("PUT", f"{REGIONS}/europe__c", {"name": "middle_east"}, InvalidDataError),
        ("DELETE", f"{REGIONS}/no__c", None, NotFoundError),
    ],
)
async def test_refused(
    vault: Vault, method: Any, path: str, form: dict[str, object] | None, expected: type[Exception]
) -> None:
    """Each error of Vault is of the class for its type."""
    with pytest.raises(expected):
        await vault.request(method, f"objects/picklists/{path}", form_fields=form)


async def test_values_are_not_added_twice(sandbox: Sandbox, vault: Vault) -> None:
    """A lost answer leaves it open whether they are there."""
    sandbox.faults.add(Fault(kind="lost_answer", path="/objects/picklists/*"))

    with pytest.raises(OutcomeUnknownError):
        await vault.picklists.create_values(REGIONS, ["New"])


async def test_value_is_not_renamed_twice(sandbox: Sandbox, vault: Vault) -> None:
    """The second time, nothing would have the old name."""
    sandbox.faults.add(Fault(kind="lost_answer", path="/objects/picklists/*"))

    with pytest.raises(OutcomeUnknownError):
        await vault.picklists.update_name(REGIONS, "europe__c", new="new")


async def test_labels_are_set_again(sandbox: Sandbox, vault: Vault) -> None:
    """Twice is the same as once."""
    sandbox.faults.add(Fault(kind="lost_answer", path="/objects/picklists/*"))

    (updated,) = await vault.picklists.update_labels(REGIONS, {"europe__c": "EU"})

    assert updated.label == "EU"
