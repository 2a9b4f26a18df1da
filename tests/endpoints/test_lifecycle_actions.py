"""Lifecycle actions: what may be started, what it wants, and that it is started once."""

from __future__ import annotations

from datetime import date

import pytest

from tests.endpoints.recording import recorded
from vaultio import NotAllowedError, OutcomeUnknownError, ParameterRequiredError, Vault
from vaultio.sandbox import Fault, Sandbox


@pytest.fixture
def sandbox(sandbox: Sandbox) -> Sandbox:
    """Make a vault with a draft."""
    sandbox.documents.add("Draft", document_id=222)
    return sandbox


@pytest.mark.parametrize(("version", "executable"), [("v11.0", None), ("v24.3", True)])
async def test_list(sandbox: Sandbox, version: str, executable: bool | None) -> None:
    """New versions say as text whether an action may be executed, old ones do not say."""
    async with recorded(sandbox, version) as (vault, _):
        actions = await vault.documents.version(222, 0, 1).lifecycle_actions.retrieve_all()

    assert {executable} == {action.executable for action in actions}
    assert [action.name for action in actions][:2] == ["startApproval", "approve"]


async def test_none_while_a_workflow_is_active(vault: Vault) -> None:
    """An empty list is no error."""
    actions = vault.documents.version(222, 0, 1).lifecycle_actions
    await actions.initiate("startApproval", {"dueDate": date(2015, 12, 25), "Approver": ["user:1"]})

    assert await actions.retrieve_all() == ()


async def test_requirements_are_sent(sandbox: Sandbox) -> None:
    """Dates and lists are written as Vault reads them."""
    wanted = {"dueDate": date(2015, 12, 25), "Approver": ["user:12021", "group:10030003"]}

    async with recorded(sandbox) as (vault, recorder):
        await vault.documents.version(222, 0, 1).lifecycle_actions.initiate("startApproval", wanted)

    assert recorder.requests[0].content == (
        b"dueDate=2015-12-25&Approver=user%3A12021%2Cgroup%3A10030003"
    )


async def test_state_change_has_no_body(sandbox: Sandbox) -> None:
    """Without requirements the request has neither body nor content type, as in the reference."""
    sandbox.documents[222].latest.fields["country__v"] = ["1357752909483"]

    async with recorded(sandbox) as (vault, recorder):
        started = await vault.documents.version(222, 0, 1).lifecycle_actions.initiate("approve")

    assert (started.job_id, started.fields) == (None, {"id": 222})
    assert (recorder.requests[0].content, "content-type" in recorder.requests[0].headers) == (
        b"",
        False,
    )


async def test_requirements_that_are_missing(vault: Vault) -> None:
    """One for the request and one for the document, in Vault's words."""
    actions = vault.documents.version(222, 0, 1).lifecycle_actions

    with pytest.raises(ParameterRequiredError, match="dueDate"):
        await actions.initiate("startApproval")
    with pytest.raises(NotAllowedError, match="country__v"):
        await actions.initiate("approve")


async def test_lost_answer(sandbox: Sandbox) -> None:
    """An action whose answer was lost may have been started: it is not started again."""
    sandbox.documents[222].latest.fields["country__v"] = ["1357752909483"]
    sandbox.faults.add(Fault(kind="lost_answer", method="PUT"))

    async with recorded(sandbox) as (vault, recorder):
        with pytest.raises(OutcomeUnknownError):
            await vault.documents.version(222, 0, 1).lifecycle_actions.initiate("approve")

    assert (len(recorder.requests), sandbox.documents[222].latest.state) == (1, "Approved")
