"""Every error that the reference lists for binders and relationships, as a caller meets it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

import pytest

from vaultio import (
    AccessDeniedError,
    InvalidDataError,
    NotFoundError,
    ParameterRequiredError,
    Vault,
    VaultError,
)
from vaultio.sandbox import Sandbox

Attempt = Callable[[Vault], Awaitable[object]]

NOT_A_BINDER: dict[str, Attempt] = {
    "retrieve": lambda vault: vault.binders.retrieve(9),
    "update": lambda vault: vault.binders.update(9, {"title__v": "T"}),
    "create_draft": lambda vault: vault.binders.create_draft(9),
    "binding_rule": lambda vault: vault.binders.update_binding_rule(9, "current"),
    "create_section": lambda vault: vault.binders.sections(9).create("A"),
    "sections": lambda vault: vault.binders.sections(9).retrieve_all(),
    "section": lambda vault: vault.binders.sections(9).retrieve("100"),
    "version_sections": lambda vault: vault.binders.version(9, 0, 1).sections.retrieve_all(),
    "version_section": lambda vault: vault.binders.version(9, 0, 1).sections.retrieve("100"),
    "update_section": lambda vault: vault.binders.version(9, 0, 1).sections.update("100", name="A"),
    "section_rule": lambda vault: vault.binders.sections(9).update_binding_rule("100", "current"),
    "delete_section": lambda vault: vault.binders.sections(9).delete("100"),
    "add": lambda vault: vault.binders.documents(9).add(9),
    "move": lambda vault: vault.binders.documents(9).move("200", order=1),
    "document_rule": lambda vault: vault.binders.documents(9).update_binding_rule("200", "current"),
    "remove": lambda vault: vault.binders.documents(9).remove("200"),
}
NO_SECTION: dict[str, Attempt] = {
    "create": lambda vault: vault.binders.sections(7).create("A", parent_id="5"),
    "retrieve": lambda vault: vault.binders.sections(7).retrieve("5"),
    "of_version": lambda vault: vault.binders.version(7, 0, 1).sections.retrieve("5"),
    "update": lambda vault: vault.binders.version(7, 0, 1).sections.update("5", name="A"),
    "rule": lambda vault: vault.binders.sections(7).update_binding_rule("5", "current"),
    "delete": lambda vault: vault.binders.sections(7).delete("5"),
    "add": lambda vault: vault.binders.documents(7).add(9, parent_id="5"),
}
NO_TARGET: dict[str, Attempt] = {
    "section": lambda vault: vault.binders.version(7, 0, 1).sections.update("100", parent_id="5"),
    "document": lambda vault: vault.binders.documents(7).move("200", parent_id="5"),
}
NO_DOCUMENT: dict[str, Attempt] = {
    "add": lambda vault: vault.binders.documents(7).add(5),
    "move": lambda vault: vault.binders.documents(7).move("5", order=1),
    "rule": lambda vault: vault.binders.documents(7).update_binding_rule("5", "current"),
    "remove": lambda vault: vault.binders.documents(7).remove("5"),
}
NO_VERSION: dict[str, Attempt] = {
    "MAJOR": lambda vault: vault.binders.documents(7).add(9, rule="specific", minor_version=1),
    "MINOR": lambda vault: vault.binders.documents(7).add(9, rule="specific", major_version=0),
}


@pytest.fixture
def sandbox(sandbox: Sandbox) -> Sandbox:
    """Make a vault with binder 7, which has a section and a document in it, and a document 9."""
    sandbox.documents.add("Binder", document_id=7, binder=True)
    sandbox.documents.add("Plan", document_id=9)
    sandbox.binders.add_section(7, "Plans", node_id="100")
    sandbox.binders.add_document(7, 9, node_id="200")
    return sandbox


async def error_of(vault: Vault, attempt: Attempt) -> tuple[type[VaultError], str]:
    """Run a call that Vault refuses; return the error's class and Vault's type."""
    with pytest.raises(VaultError) as caught:
        await attempt(vault)
    return type(caught.value), caught.value.type


@pytest.mark.parametrize("name", NOT_A_BINDER)
async def test_not_a_binder(vault: Vault, name: str) -> None:
    """The id of a document that is no binder is nothing that could be found."""
    assert await error_of(vault, NOT_A_BINDER[name]) == (NotFoundError, "INVALID_BINDER")


@pytest.mark.parametrize("name", NO_SECTION)
async def test_no_section(vault: Vault, name: str) -> None:
    """So is a section that is not in the binder."""
    assert await error_of(vault, NO_SECTION[name]) == (NotFoundError, "INVALID_SECTION")


@pytest.mark.parametrize("name", NO_TARGET)
async def test_no_target(vault: Vault, name: str) -> None:
    """A place to move to must be there."""
    assert await error_of(vault, NO_TARGET[name]) == (NotFoundError, "INVALID_TARGET_SECTION")


@pytest.mark.parametrize("name", NO_DOCUMENT)
async def test_no_document(vault: Vault, name: str) -> None:
    """So must the document, in the vault to be added, in the binder to be changed."""
    assert await error_of(vault, NO_DOCUMENT[name]) == (NotFoundError, "INVALID_DOCUMENT")


@pytest.mark.parametrize("name", NO_VERSION)
async def test_no_version(vault: Vault, name: str) -> None:
    """A document bound to one version needs both numbers."""
    expected = ParameterRequiredError, f"MISSING_{name}_VERSION"

    assert await error_of(vault, NO_VERSION[name]) == expected


async def test_section_without_a_name(vault: Vault) -> None:
    """Vault has a type of its own for it, which is the same to a caller."""
    found = await error_of(vault, lambda vault: vault.binders.sections(7).create(""))

    assert found == (ParameterRequiredError, "REQUIRED_FIELD_NOT_PRESENT")


async def test_unknown_rule(vault: Vault) -> None:
    """A type checker would have refused it, Vault does too."""
    rule = "newest"
    found = await error_of(
        vault,
        lambda vault: vault.binders.update_binding_rule(7, rule),  # type: ignore[arg-type]  # on purpose
    )

    assert found == (InvalidDataError, "INVALID_BINDING_RULE")


async def test_draft_without_permission(vault: Vault, sandbox: Sandbox) -> None:
    """Whoever may not create drafts gets none."""
    sandbox.binders.may_not_draft.add(sandbox.users["ana@example.com"].id)

    found = await error_of(vault, lambda vault: vault.binders.create_draft(7))

    assert found == (AccessDeniedError, "INSUFFICIENT_ACCESS")
