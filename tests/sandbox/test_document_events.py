"""Document events: what is logged, and who may see it."""

from __future__ import annotations

import httpx
import pytest

from tests.sandbox.conftest import API, error_of
from vaultio.sandbox import Sandbox

EVENTS = f"{API}/objects/documents/7/events"
LOG = f"{API}/objects/documents/7/versions/0/1/events"
FORM = {"event_type__v": "Distribution", "event_subtype__v": "engage__v", "recipient__v": "Ana"}


@pytest.fixture
def sandbox(sandbox: Sandbox) -> Sandbox:
    """Return the sandbox with document 7."""
    sandbox.documents.add(document_id=7)
    return sandbox


async def events(client: httpx.AsyncClient, **query: str) -> list[dict[str, object]]:
    """Return the events of the document."""
    answer = await client.get(EVENTS, params=query)
    return list(answer.json()["events"])


async def test_labels_and_keys(client: httpx.AsyncClient) -> None:
    """Kinds are given by either, kept by key, and found by either."""
    assert (await client.post(LOG, data=FORM)).json() == {"responseStatus": "SUCCESS"}

    (event,) = await events(client, event_type__v="distribution__v", event_subtype__v="Engage")

    assert (event["event_type__v"], event["event_subtype__v"]) == ("distribution__v", "engage__v")
    assert event["major_version_number__v"] == 0
    assert await events(client, event_subtype__v="CRM") == []


async def test_false_and_null_are_left_out(client: httpx.AsyncClient) -> None:
    """A flag is there only when it is true."""
    await client.post(LOG, data={**FORM, "opened__v": "false"})
    await client.post(LOG, data={**FORM, "opened__v": "true"})

    assert ["opened__v" in event for event in await events(client)] == [False, True]


async def test_a_page_may_be_larger(client: httpx.AsyncClient) -> None:
    """The default is 200, and it is no maximum."""
    for _ in range(205):
        await client.post(LOG, data=FORM)

    sizes = [len(await events(client, limit=limit)) for limit in ("", "300", "3")]

    assert sizes == [200, 205, 3]


async def test_events_that_are_hidden(client: httpx.AsyncClient, sandbox: Sandbox) -> None:
    """Who may not see a type can neither list, describe, log nor find its events."""
    await client.post(LOG, data=FORM)
    sandbox.document_events["distribution__v"].hidden_from.add(46916)
    metadata = f"{API}/metadata/objects/documents/events"

    assert (await client.get(metadata)).json()["events"] == []
    assert error_of(await client.get(f"{metadata}/distribution__v"))[0] == "MALFORMED_URL"
    assert error_of(await client.post(LOG, data=FORM))[0] == "INSUFFICIENT_ACCESS"
    assert await events(client) == []


async def test_a_document_that_is_not_there(client: httpx.AsyncClient) -> None:
    """Nothing is logged of it, nor found."""
    no = API + "/objects/documents/8/events"

    assert error_of(await client.get(no))[1] == "Document not found 8"


@pytest.mark.parametrize("name", ["startDate", "endDate"])
async def test_dates_that_are_none(client: httpx.AsyncClient, name: str) -> None:
    """The parameter is named."""
    assert error_of(await client.get(EVENTS, params={name: "soon"})) == (
        "INVALID_DATA",
        f"Invalid value [soon] specified for parameter [{name}]",
    )


async def test_wrong_values_are_named_together(client: httpx.AsyncClient) -> None:
    """Everything that is wrong stands in one message, and nothing is logged."""
    wrong = {**FORM, "event_date__v": "soon", "opened__v": "yes"}

    answer = await client.post(LOG, data=wrong)

    assert error_of(answer)[1] == "Invalid value specified for [event_date__v,opened__v]"
    assert await events(client) == []
