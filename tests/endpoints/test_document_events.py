"""Document events: their kinds, their log, and its pages."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import httpx
import pytest

from tests.endpoints.recording import recorded
from tests.leaks import SESSION_ID
from vaultio import (
    InvalidArgumentError,
    InvalidDataError,
    NotFoundError,
    OutcomeUnknownError,
    ParameterRequiredError,
    SessionId,
    Vault,
)
from vaultio.sandbox import Fault, Sandbox

PATH = "objects/documents/773/versions/0/1/events"
GOOD = {"event_type__v": "Distribution", "event_subtype__v": "CRM", "recipient__v": "x"}


@pytest.fixture
def sandbox(sandbox: Sandbox) -> Sandbox:
    """Return the sandbox with document 773."""
    sandbox.documents.add(document_id=773)
    return sandbox


async def log(vault: Vault, recipient: str, **properties: object) -> None:
    """Log that document 773 was sent to somebody."""
    await vault.document_events.log(
        773,
        0,
        1,
        event_type="distribution__v",
        event_subtype="Approved Email",
        properties={"recipient__v": recipient, **properties},
    )


async def test_types(sandbox: Sandbox, vault: Vault) -> None:
    """A type that the user may not see is left out."""
    sandbox.document_events.add("secret__c", "Secret Event").hidden_from.add(46916)

    (distribution,) = await vault.document_events.retrieve_types()

    assert distribution.subtypes[0].name == "approved_email__v"


async def test_metadata_of_kinds(vault: Vault) -> None:
    """A type has its subtypes, a subtype the properties that it wants."""
    events = vault.document_events
    kind = await events.retrieve_type("distribution__v")
    email = await events.retrieve_subtype("distribution__v", "approved_email__v")

    assert len(kind.subtypes) == 6
    required = [one.name for one in email.properties if one.required]
    assert required == ["event_type__v", "recipient__v"]


async def test_log_and_retrieve(vault: Vault) -> None:
    """Kinds come back by name; what is false is not there."""
    await log(vault, "ana@example.com", opened__v=False)

    (event,) = (await vault.document_events.retrieve_all(773)).items

    assert (event.event_type, event.event_subtype) == ("distribution__v", "approved_email__v")
    assert event.fields["recipient__v"] == "ana@example.com"
    assert "opened__v" not in event.fields


async def test_filters(sandbox: Sandbox, vault: Vault) -> None:
    """Properties filter by value, kinds by label too, and dates from midnight in UTC."""
    sandbox.now = lambda: datetime(2026, 3, 2, 9, tzinfo=UTC)
    await log(vault, "a")
    await log(vault, "b")
    at, events = date(2026, 3, 2), vault.document_events

    by_recipient = await events.retrieve_all(773, filters={"recipient__v": "b"}).all()
    by_kind = await events.retrieve_all(773, filters={"event_type__v": "Distribution"}).all()
    by_day = await events.retrieve_all(773, start_date=at, end_date=at).all()
    later = await events.retrieve_all(773, start_date=at + timedelta(days=1)).all()

    assert [len(found) for found in (by_recipient, by_kind, by_day, later)] == [1, 2, 0, 0]


async def test_401_events_are_3_pages(sandbox: Sandbox) -> None:
    """Every event comes once, and the filters go with every page."""
    async with recorded(sandbox) as (vault, recorder):
        for number in range(401):
            await log(vault, str(number))
        recorder.requests.clear()
        filters = {"event_subtype__v": "Approved Email"}
        found = await vault.document_events.retrieve_all(773, filters=filters).all()

    assert [event.fields["recipient__v"] for event in found] == [str(n) for n in range(401)]
    sent = [dict(request.url.params) for request in recorder.requests]
    assert sent == [filters, {**filters, "start": "200"}, {**filters, "start": "400"}]


async def test_a_page_cut_short_by_vault() -> None:
    """Nobody knows how large a page may be, so one of half the size asked for ends nothing."""
    rows = [{"event_type__v": str(number)} for number in range(700)]

    def answer(request: httpx.Request) -> httpx.Response:
        start = int(request.url.params.get("start", 0))
        events = rows[start : start + 300]
        return httpx.Response(200, json={"responseStatus": "SUCCESS", "events": events})

    transport, session = httpx.MockTransport(answer), SessionId(SESSION_ID)
    async with Vault(
        "https://v.example.com", session, api_version="v11.0", transport=transport
    ) as v:
        assert len(await v.document_events.retrieve_all(773, limit=1000).all()) == 700


async def test_parameters_that_cannot_be_meant(vault: Vault) -> None:
    """A name that is ours is no property; nor is an empty page one."""
    with pytest.raises(InvalidArgumentError, match="startDate"):
        vault.document_events.retrieve_all(773, filters={"startDate": "x"})
    with pytest.raises(InvalidArgumentError, match="limit"):
        vault.document_events.retrieve_all(773, limit=0)
    with pytest.raises(InvalidArgumentError, match="event_type__v"):
        await log(vault, "a", event_type__v="x")


async def test_a_lost_answer_is_not_sent_again(sandbox: Sandbox, vault: Vault) -> None:
    """An event is not logged twice."""
    sandbox.faults.add(Fault(kind="lost_answer", method="POST", path="*/events"))

    with pytest.raises(OutcomeUnknownError):
        await log(vault, "a")

    assert len(sandbox.document_events.log) == 1


@pytest.mark.parametrize(
    ("form", "expected", "message"),
    [
        ({}, ParameterRequiredError, r"\[event_type__v\]"),
        (
            {"event_type__v": "Distribution", "event_subtype__v": "Controlled Copy"},
            ParameterRequiredError,
            r"\[classification__v,recipient__v\]",
        ),
        ({**GOOD, "event_subtype__v": "Pigeon"}, InvalidDataError, "event_subtype__v"),
        (
            {**GOOD, "opened__v": "perhaps", "colour__c": "red"},
            InvalidDataError,
            r"\[opened__v,colour__c\]",
        ),
    ],
)
async def test_refused(
    vault: Vault, form: dict[str, str], expected: type[Exception], message: str
) -> None:
    """A refusal names all that is missing, or all that is wrong."""
    with pytest.raises(expected, match=message):
        await vault.request("POST", PATH, form_fields=form)


async def test_kinds_that_are_not_there(vault: Vault) -> None:
    """An unknown type or subtype is named."""
    with pytest.raises(NotFoundError, match="no__v"):
        await vault.document_events.retrieve_type("no__v")
    with pytest.raises(NotFoundError, match="nor__v"):
        await vault.document_events.retrieve_subtype("distribution__v", "nor__v")
