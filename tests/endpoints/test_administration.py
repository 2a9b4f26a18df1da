"""What there is in a vault besides documents: resources, vaults, policies, workflows."""

from __future__ import annotations

import pytest

from vaultio import AccessDeniedError, NotFoundError, Vault
from vaultio.sandbox import LifecycleAction, Sandbox


async def test_resources(vault: Vault) -> None:
    """Kinds of things come with the URL of their metadata."""
    resources = await vault.api_metadata.retrieve_resources()

    documents = "https://sandbox.veevavault.com/api/v11.0/metadata/objects/documents/types"
    assert resources["documents"] == documents
    assert "workflows" not in resources


async def test_domain(sandbox: Sandbox, vault: Vault) -> None:
    """A domain has all its vaults."""
    sandbox.vaults.add("Clinical", vault_id=5091)

    domain = await vault.domain.retrieve()

    assert [(one.id, one.name) for one in domain.vaults] == [
        ("3101", "Sandbox"),
        ("5091", "Clinical"),
    ]


async def test_domain_is_for_domain_admins(sandbox: Sandbox, vault: Vault) -> None:
    """Others learn nothing of it."""
    sandbox.users["ana@example.com"].domain_admin = False

    with pytest.raises(AccessDeniedError):
        await vault.domain.retrieve()


async def test_security_policy(vault: Vault) -> None:
    """A policy is found by the id of the list, text or number; flags left out are false."""
    policies = vault.security_policies
    links = {one.label: one for one in await policies.retrieve_all()}

    strict = await policies.retrieve(links["High Security"].id)
    basic = await policies.retrieve(821)

    assert (strict.settings.min_password_length, strict.details.is_active) == (12, True)
    assert not strict.settings.passwords_require_number
    assert basic.settings.passwords_require_number


async def test_security_policy_that_is_not_there(vault: Vault) -> None:
    """What is missing is named."""
    with pytest.raises(NotFoundError, match="17"):
        await vault.security_policies.retrieve(17)


async def test_security_policy_metadata(vault: Vault) -> None:
    """Whatever Vault says is handed on."""
    metadata = await vault.security_policies.retrieve_metadata()

    assert list(metadata) == ["properties"]


async def test_workflow_metadata(sandbox: Sandbox, vault: Vault) -> None:
    """The names of workflows are those that documents may start."""
    sandbox.lifecycle_actions.add(LifecycleAction(name="train", label="Train", type="workflow"))

    fields = {one.name: one for one in await vault.workflows.retrieve_metadata()}

    assert [one.label for one in fields["workflow_name__v"].values] == ["Start Approval", "Train"]
    assert fields["task_assignee__v"].object == "User"
