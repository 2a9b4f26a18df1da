"""Lifecycle actions, and the way from one to a controlled copy."""

from __future__ import annotations

import httpx
import pytest

from tests.sandbox.conftest import API, error_of
from vaultio.sandbox import LifecycleAction, Sandbox, Settings

NEW = "/api/v24.1"
COPY = "downloadControlledCopya95fbf38"
GROUP = "draft_to_effective_lifecycle__c.effective__c"
APPROVAL = {"dueDate": "2026-12-24", "Approver": "user:12021,group:1003"}


@pytest.fixture
def actions(sandbox: Sandbox) -> str:
    """Add a document with a country and return the path of its lifecycle actions."""
    sandbox.documents.add("Plan", b"the file", document_id=222, fields={"country__v": ["1"]})
    return "/objects/documents/222/versions/0/1/lifecycle_actions"


async def test_retrieve_all(client: httpx.AsyncClient, actions: str) -> None:
    """Rows are as in the reference; an action without requirements has no link to them."""
    body = (await client.get(API + actions)).json()

    rows = {row["name__v"]: row for row in body["lifecycle_actions__v"]}
    assert (body["responseMessage"], list(rows)) == ("Success", ["startApproval", "approve", COPY])
    assert rows["startApproval"] == {
        "name__v": "startApproval",
        "label__v": "Start Approval",
        "lifecycle_action_type__v": "workflow",
        "entry_requirements__v": "https://myvault.veevavault.com"
        f"{API}{actions}/startApproval/entry_requirements",
    }
    assert "entry_requirements__v" not in rows[COPY]


async def test_executable_is_text_on_documents_and_a_boolean_on_binders(
    client: httpx.AsyncClient, sandbox: Sandbox, actions: str
) -> None:
    """Newer versions say more, each owner in its own way."""
    sandbox.documents.add("Folder", binder=True, document_id=9)

    document = (await client.get(NEW + actions)).json()["lifecycle_actions__v"][0]
    url = f"{NEW}/objects/binders/9/versions/0/1/lifecycle_actions"
    binder = (await client.get(url)).json()["lifecycle_actions__v"][0]

    assert (document["executable__v"], document["state__v"]) == ("true", "Draft")
    assert binder["executable__v"] is True


async def test_entry_requirements(client: httpx.AsyncClient, actions: str) -> None:
    """What goes into the form and what must be set on the document differ by scope."""
    start = (await client.get(f"{API}{actions}/startApproval/entry_requirements")).json()
    approve = (await client.get(f"{API}{actions}/approve/entry_requirements")).json()

    due, approver = start["properties"]
    (country,) = approve["properties"]
    assert (due["type"], due["required"], due["scope"]) == (["Date"], True, "WorkflowActivation")
    assert approver["objectTypeReferenced"] == {"name": "User", "label": "User"}
    assert country["records"] == "/api/v11.0/vobjects/country__v"
    assert (country["scope"], "required" in country) == ("Document", False)


async def test_a_workflow(client: httpx.AsyncClient, actions: str) -> None:
    """The answer has a number and a text; a document in a workflow offers no actions."""
    answer = await client.put(f"{API}{actions}/startApproval", data=APPROVAL)

    assert answer.json() == {
        "responseStatus": "SUCCESS",
        "id": 222,
        "workflow_id__v": "222001",
    }
    assert (await client.get(API + actions)).json()["lifecycle_actions__v"] == []


async def test_a_change_of_state(client: httpx.AsyncClient, sandbox: Sandbox, actions: str) -> None:
    """No body goes out, and no workflow comes back."""
    answer = await client.put(f"{API}{actions}/approve")

    assert answer.json() == {"responseStatus": "SUCCESS", "id": 222}
    assert sandbox.documents[222].latest.state == "Approved"


@pytest.mark.parametrize(
    ("form", "expected"),
    [
        ({"Approver": "user:1"}, "Missing required parameter [dueDate]."),
        ({**APPROVAL, "dueDate": "soon"}, "Invalid value [soon] specified for parameter [dueDate]"),
        ({**APPROVAL, "Approver": "12"}, "Invalid value [12] specified for parameter [Approver]"),
    ],
)
async def test_requirements_are_checked(
    client: httpx.AsyncClient, actions: str, form: dict[str, str], expected: str
) -> None:
    """What is missing or makes no sense is refused, and nothing is started."""
    answer = await client.put(f"{API}{actions}/startApproval", data=form)

    assert error_of(answer)[1] == expected
    assert (await client.get(API + actions)).json()["lifecycle_actions__v"]


async def test_a_field_that_must_be_set_first(
    client: httpx.AsyncClient, sandbox: Sandbox, actions: str
) -> None:
    """A requirement of scope Document is not taken from the form."""
    del sandbox.documents[222].latest.fields["country__v"]

    answer = await client.put(f"{API}{actions}/approve", data={"country__v": "1"})

    assert error_of(answer)[0] == "OPERATION_NOT_ALLOWED"


async def test_an_action_that_is_not_there(client: httpx.AsyncClient, actions: str) -> None:
    """Vault says the same of a missing action and of a forbidden one."""
    assert error_of(await client.put(f"{API}{actions}/no"))[0] == "INSUFFICIENT_ACCESS"


async def test_an_action_of_your_own(
    client: httpx.AsyncClient, sandbox: Sandbox, actions: str
) -> None:
    """A test may add actions, and leave actions out of states."""
    retire = LifecycleAction(name="x", label="X", states=frozenset({"Draft"}), target="Retired")
    sandbox.lifecycle_actions.add(retire)

    await client.put(f"{API}{actions}/x")

    names = [one.name for one in sandbox.lifecycle_actions.available(sandbox.documents[222].latest)]
    assert names == [COPY]


@pytest.mark.parametrize(
    ("shape", "job_id", "expected"),
    [
        ("flat", "number", {"url": "/api/v24.1/services/jobs/39303", "job_id": 39303}),
        ("flat", "string", {"url": "/api/v24.1/services/jobs/39303", "job_id": "39303"}),
        ("data", "number", {"data": {"job_id": 39303, "url": "/api/v24.1/services/jobs/39303"}}),
        ("camel", "number", {"data": {"jobId": "39303", "url": "/api/v24.1/services/jobs/39303"}}),
        ("url", "number", {"url": "/api/v24.1/services/jobs/39303"}),
    ],
)
async def test_the_answer_that_starts_a_job(
    client: httpx.AsyncClient,
    sandbox: Sandbox,
    actions: str,
    shape: str,
    job_id: str,
    expected: object,
) -> None:
    """No source shows it, so every shape that is known of other jobs can be had."""
    sandbox.settings = Settings(job_start=shape, job_id=job_id)  # type: ignore[arg-type]  # by id

    body = (await client.put(f"{NEW}{actions}/{COPY}")).json()

    assert body.pop("responseStatus") == "SUCCESS"
    assert body == expected
